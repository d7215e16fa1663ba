"""What is asked of Argo CD's API, and what stands for its answers in the tests, is as Argo CD describes it."""

import pytest

from tests.servers.web import serving
from tests.sources.argocd import description
from tests.sources.argocd.objects import BAD, GOOD, application, entry, event, operation
from tests.sources.argocd.server import Server, fetch, synced

# It is documented in Argo CD's guide of the API and in its code (forwarder_overwrite.go), and in no description.
_UNDESCRIBED = {"fields"}


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARGOCD_TOKEN", "argo-token-1")


def test_every_request_and_parameter_is_described() -> None:
    server = Server(synced("checkout"))
    with serving(server) as url:
        fetch(url, projects=["shop"])
    assert len(server.asked) == 3
    for path, params in server.asked:
        ours = path.removeprefix("/argocd")
        assert set(params) - _UNDESCRIBED <= description.parameters(ours), path


def test_applications_and_events_have_only_members_that_are_described() -> None:
    result = {
        "revision": BAD,
        "resources": [
            {"kind": "Deployment", "name": "checkout", "status": "Synced", "images": ["shop/checkout:1.5.0"]}
        ],
    }
    state = operation("Succeeded", 120, 150, syncResult=result, message="successfully synced", retryCount=1)
    ours = application(entry(1, GOOD, -9000, -8990, by="dana"), entry(2, BAD, 120, 150, tag="1.5.0"), state=state)
    happened = event(1, 119, "OperationStarted", f"dana initiated sync to {BAD}")
    for one in (ours, happened):
        # Only the API server of Kubernetes names the kind.
        one.pop("kind"), one.pop("apiVersion")
    description.answer("/api/v1/applications/checkout").validate(ours)
    description.answer("/api/v1/applications/checkout/events").validate({"metadata": {}, "items": [happened]})


def test_the_description_is_really_applied() -> None:
    ours = application(entry(1, GOOD, -9000, -8990))
    described = description.answer("/api/v1/applications/checkout")
    ours["status"]["history"][0]["deployed"] = ours["status"]["history"][0].pop("deployedAt")
    assert not described.is_valid(ours)
