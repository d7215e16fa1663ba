"""Reads Argo CD through its own API, for users who may not read the cluster that it runs in."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from collector.json_text import encode
from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Gap
from collector.window import Window
from sources.argocd.reduce import application, kept
from sources.argocd.settings import ArgocdSettings
from sources.cluster.fields import get, moment, objects, text
from sources.gitops.lead import LEAD
from sources.http import parsed
from sources.web import Web, authorisation

MOST = 500
"""Maximum Applications that are requested one by one, with two requests each."""
# The server has a fixed list of fields (forwarder_overwrite.go) and silently drops others, including the history.
_FIELDS = (
    "items.metadata.name",
    "items.metadata.namespace",
    "items.spec",
    "items.status.operationState.startedAt",
    "items.status.operationState.finishedAt",
    "items.status.operationState.phase",
    "items.status.sourceHydrator",
)


class Api(Web):
    """A session with the API of one Argo CD."""

    def __init__(
        self, settings: ArgocdSettings, scrubber: Scrubber, deadline: Deadline, sleep: Callable[[float], None]
    ) -> None:
        """All requests share `deadline`."""
        authorise = authorisation(settings.token(scrubber), "", scrubber)
        super().__init__(authorise, scrubber, deadline, settings.timeout, sleep, ca_file=settings.ca_file)
        self.settings = settings

    def object(self, path: str) -> tuple[Any, str]:
        """The object at `path` of the API, and the request. Raises BadAnswer if the answer is not an object."""
        url = f"{self.settings.url}/api/v1/{path}"
        what = f"GET {url.partition('?')[0]}"
        answer = self.get(url, what, accept={404})
        if answer.status == 404:
            raise BadAnswer(f"{what}: 404, there is no such thing", "is `url` the base URL of Argo CD?")
        content = parsed(answer, what)
        if not isinstance(content, dict):
            raise BadAnswer(f"{what}: no answer of Argo CD's API", "is `url` the base URL of Argo CD?")
        return content, f"GET {url}"


def fetch(api: Api, window: Window) -> Iterator[Document | Gap]:
    """The list of Applications; then each with an operation since some time before the window, and its Events.

    If the latest operation of an Application ended before that time, its history has nothing later either.
    """
    projects = [("projects", project) for project in api.settings.projects or ()]
    query = urlencode([("fields", ",".join(_FIELDS)), *projects])
    listed, _ = api.object(f"applications?{query}")
    if not isinstance(listed.get("items", []), list | None) or not ("items" in listed or "metadata" in listed):
        raise BadAnswer("the list of Applications: no answer of Argo CD's API", "is `url` the base URL of Argo CD?")
    wanted = [item for item in objects(listed, "items") if _may_matter(item, window, api.settings)]
    missing: list[Denied | BadAnswer] = []
    for item in wanted[:MOST]:
        name, namespace = text(item, "metadata", "name"), text(item, "metadata", "namespace")
        of = urlencode({"appNamespace": namespace, "project": text(item, "spec", "project")})
        for call, path in (("applications", ""), ("events", "/events")):
            try:
                given, asked = api.object(f"applications/{quote(name, safe='')}{path}?{of}")
            except (Denied, BadAnswer) as error:
                missing.append(error)
                continue
            left = {"items": [application(given)]} if call == "applications" else kept("events", given)
            yield Document(call, asked, datetime.now(UTC), encode(left))
    if not wanted:
        # An answer also shows that nothing happened.
        yield Document("applications", "GET applications", datetime.now(UTC), encode({"items": []}))
    if wanted[MOST:]:
        yield Gap(f"{len(wanted) - MOST} Applications of {len(wanted)} were not asked for", "set `projects`")
    if missing:
        yield Gap(f"{len(missing)} answers about Applications are missing, first {missing[0].reason}", missing[0].hint)


def _may_matter(item: Any, window: Window, settings: ArgocdSettings) -> bool:
    if settings.namespaces is not None and text(item, "metadata", "namespace") not in settings.namespaces:
        return False
    state = get(item, "status", "operationState")
    hydration = get(item, "status", "sourceHydrator", "currentOperation")
    every = ((of, key) for of in (state, hydration) for key in ("startedAt", "finishedAt"))
    stamps = [at for of, key in every if (at := moment(get(of, key)))]
    return bool(text(item, "metadata", "name")) and any(at.latest >= window.start - LEAD for at in stamps)
