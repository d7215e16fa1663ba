"""Argo CD asked by its own API, as its server answers."""

from collections.abc import Mapping
from typing import Any

import pytest

from collector.event import Event, Kind
from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Gap
from sources.argocd import ArgocdSource
from sources.argocd.settings import ArgocdSettings
from tests.collector.build import WINDOW
from tests.servers.web import serving
from tests.sources.argocd.objects import BAD, CANARY, GOOD, Json, application, at, entry, event, operation


class Server:
    """Lists with `fields` what Argo CD does, and has no history in that; the rest is asked for by name."""

    def __init__(self, *applications: Json) -> None:
        self.applications = {one["metadata"]["name"]: one for one in applications}
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.tokens: set[str] = set()

    def __call__(self, path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, Any]:
        self.asked.append((path, params))
        self.tokens.add(headers.get("authorization", ""))
        prefix, _, rest = path.partition("/api/v1/applications")
        assert prefix == "/argocd"
        if not rest:
            assert "items.status.history" not in params["fields"]
            return 200, {"metadata": {}, "items": [self._brief(one) for one in self.applications.values()] or None}
        name, _, events = rest.strip("/").partition("/")
        if name == "denied":
            return 403, {"error": "permission denied", "message": "permission denied", "code": 7}
        if events:
            return 200, {"metadata": {}, "items": [event(1, 119, "OperationStarted", f"dana initiated sync to {BAD}")]}
        return 200, self.applications[name]

    @staticmethod
    def _brief(one: Json) -> Json:
        state = one["status"].get("operationState") or {}
        known = {key: state[key] for key in ("startedAt", "finishedAt", "phase") if key in state}
        return {"metadata": one["metadata"], "spec": one["spec"], "status": {"operationState": known}}


def synced(name: str, begun: float = 120) -> Json:
    state = operation("Succeeded", begun, begun + 30, syncResult={"revision": BAD})
    return application(entry(1, GOOD, -9000, -8990), entry(2, BAD, begun, begun + 30), state=state, name=name)


def fetch(url: str, **more: object) -> tuple[ArgocdSource, list[Document | Gap]]:
    settings = ArgocdSettings.model_validate({"url": f"{url}/argocd/", "token_env": "ARGOCD_TOKEN", **more})
    source = ArgocdSource("argo", settings, Scrubber(), sleep=lambda seconds: None)
    return source, list(source.fetch(WINDOW, Deadline(30)))


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
