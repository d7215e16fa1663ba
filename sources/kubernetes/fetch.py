"""Listing a cluster: every list page by page, in all namespaces or those the account may see."""

import json
import time
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import quote

from kubernetes import client

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Gap
from sources.http import decoded
from sources.kubernetes.api import FORBIDDEN, GONE, PAGE, Api
from sources.kubernetes.connect import connect
from sources.kubernetes.objects import objects, text
from sources.kubernetes.settings import KubernetesSettings


class _List(NamedTuple):
    """A resource, its path, and what the client calls it."""

    name: str
    path: str
    group: str
    method: str


_LISTS = (
    _List("events", "/api/v1", "CoreV1Api", "event"),
    _List("pods", "/api/v1", "CoreV1Api", "pod"),
    _List("replicasets", "/apis/apps/v1", "AppsV1Api", "replica_set"),
    _List("deployments", "/apis/apps/v1", "AppsV1Api", "deployment"),
)
_KEPT = ("name", "image", "restartPolicy", "resources")
"""What is kept of a container; its environment, command, arguments and probes may hold secrets."""
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def fetch(
    settings: KubernetesSettings, scrubber: Scrubber, deadline: Deadline, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Document | Gap]:
    """Yield the pages of the lists of Events, pods, ReplicaSets and Deployments.

    The documents are the API server's JSON without what may hold secrets and is half of the bytes: of containers
    only name, image, restart policy and resources are kept; the last-applied-configuration annotation and
    `managedFields[].fieldsV1` are removed.

    Raises Denied if nothing could be listed; a right that is missing for one list is a Gap.
    """
    configuration, own_namespace = connect(settings, scrubber)
    with client.ApiClient(configuration) as connection:
        api = Api(connection, scrubber, settings.timeout, deadline, sleep)
        refused: list[str] = []
        answered = False
        for what in _LISTS:
            for given in _listed(api, what, settings.namespaces, own_namespace):
                if isinstance(given, Gap):
                    refused.append(given.reason)
                answered = answered or isinstance(given, Document)
                yield given
        if not answered:
            every = ", ".join(what.name for what in _LISTS)
            raise Denied(f"kubernetes at {api.host}: {'; '.join(refused)}", _hint(every))


def _listed(api: Api, what: _List, namespaces: list[str] | None, own: str) -> Iterator[Document | Gap]:
    """One list: in all namespaces, else in each of those configured or, if that is refused, of those known."""
    if namespaces is None:
        refused = yield from _pages(api, what, "")
        if not refused:
            return
    candidates = _namespaces(api, own) if namespaces is None else namespaces
    without: list[str] = []
    for namespace in candidates:
        refused = yield from _pages(api, what, namespace)
        if refused:
            without.append(namespace)
    seen = [namespace for namespace in candidates if namespace not in without]
    if namespaces is None and seen:
        yield Gap(f"may list {what.name} in {', '.join(seen)} only", _hint(what.name))
    elif without or not seen:
        where = "all namespaces" if namespaces is None else ", ".join(without)
        yield Gap(f"may not list {what.name} ({where})", _hint(what.name))


def _pages(api: Api, what: _List, namespace: str) -> Generator[Document | Gap, None, bool]:
    """The pages of one list; returns whether it is forbidden.

    A list that expires while it is read (410: the store was compacted) is begun again once.
    """
    path = f"{what.path}/namespaces/{quote(namespace)}/{what.name}" if namespace else f"{what.path}/{what.name}"
    method = f"namespaced_{what.method}" if namespace else f"{what.method}_for_all_namespaces"
    token, again = "", False
    while True:
        answer = api.list(what.group, method, namespace, token, what.name)
        if answer.status == FORBIDDEN:
            return True
        if answer.status == GONE:
            if again:
                yield Gap(
                    f"{what.name}: truncated, the list expired while it was read", "run again, or set `namespaces`"
                )
                return False
            token, again = "", True
            continue
        where = f"{what.name} of kubernetes at {api.host}"
        page = json.loads(decoded(answer, where))
        if not isinstance(page, dict) or not isinstance(page.get("items"), list):
            raise BadAnswer(f"{where}: the answer is no list of them", "is this the URL of an API server?")
        asked = f"GET {api.host}{path}?limit={PAGE}" + (f"&continue={quote(token)}" if token else "")
        token = text(page, "metadata", "continue")
        yield Document(what.name, asked, datetime.now(UTC), json.dumps(reduced(page), separators=(",", ":")))
        if not token:
            return False


def _namespaces(api: Api, own: str) -> list[str]:
    """Where else to look if the cluster as a whole may not be listed: every namespace, else the account's own."""
    answer = api.list("CoreV1Api", "namespace", "", "", "namespaces")
    if answer.status == FORBIDDEN:
        return [own] if own else []
    page = json.loads(decoded(answer, f"namespaces of kubernetes at {api.host}"))
    return sorted({name for item in objects(page, "items") if (name := text(item, "metadata", "name"))})


def reduced(value: Any) -> Any:
    """A document without what is not needed and may hold secrets; see `fetch`."""
    if isinstance(value, list):
        return [reduced(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, item in value.items():
        if key in ("containers", "initContainers", "ephemeralContainers") and isinstance(item, list):
            kept[key] = [{k: c[k] for k in _KEPT if k in c} for c in item if isinstance(c, dict)]
        elif key not in ("fieldsV1", _APPLIED):
            kept[key] = reduced(item)
    return kept


def _hint(what: str) -> str:
    return f"give it a role with the verb list on {what}; `namespaces` limits where it is needed"
