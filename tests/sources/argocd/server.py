"""The API of Argo CD on loopback, and what a source fetches of it."""

from collections.abc import Mapping
from typing import Any

from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap
from sources.argocd import ArgocdSource
from sources.argocd.settings import ArgocdSettings
from tests.collector.build import WINDOW
from tests.sources.argocd.objects import BAD, GOOD, Json, application, entry, event, operation


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
        rendered = {key: one["status"][key] for key in ("sourceHydrator",) if key in one["status"]}
        return {"metadata": one["metadata"], "spec": one["spec"], "status": {"operationState": known, **rendered}}


def synced(name: str, begun: float = 120) -> Json:
    state = operation("Succeeded", begun, begun + 30, syncResult={"revision": BAD})
    return application(entry(1, GOOD, -9000, -8990), entry(2, BAD, begun, begun + 30), state=state, name=name)


def fetch(url: str, **more: object) -> tuple[ArgocdSource, list[Document | Gap]]:
    settings = ArgocdSettings.model_validate({"url": f"{url}/argocd/", "token_env": "ARGOCD_TOKEN", **more})
    source = ArgocdSource("argo", settings, Scrubber(), sleep=lambda seconds: None)
    return source, list(source.fetch(WINDOW, Deadline(30)))
