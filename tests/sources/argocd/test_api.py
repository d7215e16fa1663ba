"""Argo CD asked by its own API, as its server answers."""

import pytest

from collector.event import Event, Kind
from collector.source import BadAnswer, Denied, Document, Gap
from sources.argocd.settings import ArgocdSettings
from tests.collector.build import WINDOW
from tests.servers.web import serving
from tests.sources.argocd.objects import CANARY, Json, at, stamp
from tests.sources.argocd.server import Server, fetch, synced


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARGOCD_TOKEN", "argo-token-1")


def test_each_application_that_may_matter_is_asked_for_with_its_events() -> None:
    server = Server(synced("checkout"), synced("idle", -90 * 3600))
    with serving(server) as url:
        source, given = fetch(url, projects=["shop"])
    # What had no operation for days has nothing in its history either.
    assert [path.rpartition("/applications")[2] for path, _ in server.asked] == ["", "/checkout", "/checkout/events"]
    assert server.asked[0][1]["projects"] == "shop"
    assert server.asked[1][1] == {"appNamespace": "argocd", "project": "shop"}
    assert server.tokens == {"Bearer argo-token-1"}
    assert CANARY not in "".join(one.text for one in given if isinstance(one, Document))
    events = list(source.read([one for one in given if isinstance(one, Document)], WINDOW))
    (start,) = [one for one in events if isinstance(one, Event) and one.at == at(120)]
    assert (start.kind, start.url) == (Kind.DEPLOY_STARTED, f"{url}/argocd/applications/argocd/checkout")


def test_an_application_with_a_failed_hydration_is_requested() -> None:
    broken = synced("checkout", -90 * 3600)
    failed = {"phase": "Failed", "startedAt": stamp(200), "finishedAt": stamp(205), "message": "Failed to hydrate: x"}
    broken["status"]["sourceHydrator"] = {"currentOperation": failed}
    server = Server(broken)
    with serving(server) as url:
        source, given = fetch(url)
    assert server.asked[0][1]["fields"].endswith(",items.status.sourceHydrator")
    events = source.read([one for one in given if isinstance(one, Document)], WINDOW)
    assert [one.kind for one in events if isinstance(one, Event) and one.at == at(205)] == [Kind.DEPLOY_FAILED]


def test_an_application_that_may_not_be_seen_takes_no_other_down() -> None:
    with serving(Server(synced("denied"), synced("checkout"))) as url:
        _, given = fetch(url)
    (gap,) = [one for one in given if isinstance(one, Gap)]
    assert gap.reason.startswith("2 answers about Applications are missing, first GET ")
    assert "403" in gap.reason
    assert len([one for one in given if isinstance(one, Document)]) == 2


def test_no_application_at_all_is_named() -> None:
    with serving(Server()) as url:
        source, given = fetch(url)
    assert [one.call for one in given if isinstance(one, Document)] == ["applications"]
    (gap,) = source.read([one for one in given if isinstance(one, Document)], WINDOW)
    assert isinstance(gap, Gap)
    assert gap.reason == "no Applications at all"


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [(401, {"error": "no session"}, Denied), (404, "not found", BadAnswer), (200, {"status": "up"}, BadAnswer)],
)
def test_what_is_no_argo_cd_is_named(status: int, body: object, error: type[Exception]) -> None:
    with serving(lambda *_: (status, body)) as url, pytest.raises(error):
        fetch(url)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"url": "https://argo", "context": "prod"}, "context is for reading from the cluster"),
        ({"token_env": "X"}, "token_env is for reading from the API, which needs url"),
        ({"url": "https://user:pw@argo"}, "must have no user or password"),
    ],
)
def test_settings_are_of_one_way(settings: Json, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ArgocdSettings.model_validate(settings)
