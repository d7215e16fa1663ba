"""Lists the objects of a cluster: every list page by page, in all namespaces or those the account may see."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

from kubernetes import client

from collector.json_text import encode
from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Gap, SourceError
from sources.bounded import Allowance
from sources.cluster.fields import objects, text
from sources.cluster.lists import Listed
from sources.http import Answer, begun, parsed
from sources.kube_api.api import ABSENT, FORBIDDEN, GONE, Api
from sources.kube_api.connect import connect
from sources.kube_api.settings import ClusterSettings, KubernetesSettings

_WHOLE = "application/json"
# No fallback: a server that cannot reduce objects to their metadata must not answer.
_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

Kept: TypeAlias = Callable[[Listed, dict[str, Any]], Any]
"""Reduces one page of a list to the parts that are kept, none of which may be secret."""


def fetch_lists(
    settings: ClusterSettings,
    scrubber: Scrubber,
    deadline: Deadline,
    sleep: Callable[[float], None],
    choose: Callable[[Api], Iterable[Listed]],
    kept: Kept,
) -> Iterator[Document | Gap]:
    """Yield the pages of the lists that `choose` gives, each document with the parts of a page that `kept` leaves.

    It decides on each list after the previous one was read. A list that may be read only in part or not at all is a Gap
    at the end. Raises Denied if nothing could be listed, and any error that `choose` raises.
    """
    configuration, own_namespace = connect(settings, scrubber)
    with client.ApiClient(configuration) as connection:
        api = Api(connection, scrubber, settings.timeout, deadline, sleep, Allowance(deadline))
        refused: dict[_Reach, list[str]] = {}
        known = _Namespaces(api, settings, own_namespace)
        answered = False
        asked: list[str] = []
        try:
            for together in _group_lists(choose(api)):
                asked += [what.name for what in together]
                reaches = yield from _side_by_side([_listed(api, what, known, kept) for what in together])
                for what, reach in zip(together, reaches, strict=True):
                    # An account that may see nothing else may not even know whether the cluster has custom resources.
                    answered = answered or (not what.custom and (reach is None or bool(reach[1])))
                    if reach and what.name not in refused.setdefault(reach, []):
                        refused[reach].append(what.name)
        except SourceError:
            yield from _gaps(refused)
            raise
        if not answered:
            reasons = "; ".join(gap.reason for gap in _gaps(refused))
            raise Denied(f"kubernetes at {api.host}: {reasons}", _hint(asked))
        yield from _gaps(refused)


_Reach: TypeAlias = tuple[tuple[str, ...], tuple[str, ...], bool]
"""Where a list is refused, where it is not, and whether the latter namespaces were only a fallback.

If the first field is empty, the list is refused for all namespaces together.
"""


def _group_lists(lists: Iterable[Listed]) -> Iterator[list[Listed]]:
    """The lists in groups: large ones (`many`) next to each other are listed in parallel, each of the others alone.

    The choice of a list may depend on the list before it.
    """
    many: list[Listed] = []
    for what in lists:
        if what.many:
            many.append(what)
            continue
        if many:
            yield many
            many = []
        yield [what]
    if many:
        yield many


def _side_by_side(
    lists: Sequence[Generator[Document | Gap, None, _Reach | None]],
) -> Generator[Document | Gap, None, list[_Reach | None]]:
    """One page of each list after another, so the order depends only on the answers; returns the result of each list.

    Each list requests its next page before it yields one, so the server works on all of them.
    """
    reaches: dict[int, _Reach | None] = {}
    while len(reaches) < len(lists):
        for number, pages in enumerate(lists):
            if number in reaches:
                continue
            try:
                yield next(pages)
            except StopIteration as end:
                reaches[number] = end.value
    return [reaches[number] for number in range(len(lists))]


class _Namespaces:
    """The namespaces to ask: those configured, else all at once and, if that is refused, the known ones."""

    def __init__(self, api: Api, settings: ClusterSettings, own: str) -> None:
        self._api = api
        self.configured = settings.namespaces
        self.asked = settings.asked_namespaces if isinstance(settings, KubernetesSettings) else None
        self._own = own
        self._known: list[str] | None = None

    def known(self) -> list[str]:
        """Those configured, else those asked about, else every namespace, else the account's own; asked for once."""
        if self._known is None:
            self._known = self.configured or self.asked or _namespaces(self._api, self._own)
        return self._known


def _listed(
    api: Api, what: Listed, namespaces: _Namespaces, kept: Kept
) -> Generator[Document | Gap, None, _Reach | None]:
    """One list, in as many namespaces as may be read; returns its _Reach if that is not all."""
    if namespaces.configured is None:
        refused = yield from _pages(api, what, "", kept)
        if not refused:
            return None
        if not what.namespaced:
            return (), (), False
    candidates = namespaces.known()
    without: list[str] = []
    for namespace in candidates:
        refused = yield from _pages(api, what, namespace, kept)
        if refused:
            without.append(namespace)
    seen = tuple(namespace for namespace in candidates if namespace not in without)
    if namespaces.configured is None and namespaces.asked:
        # Namespaces that were not asked about are not missing.
        return (tuple(without), seen, False) if without else None
    if namespaces.configured is None:
        return (), seen, bool(seen)
    return (tuple(without), seen, False) if without else None


def _gaps(refused: Mapping[_Reach, list[str]]) -> Iterator[Gap]:
    """A Gap for the lists that may not be read; lists with the same reach share one Gap."""
    for (without, seen, way_out), names in refused.items():
        every = ", ".join(names)
        if way_out:
            yield Gap(f"may list {every} in {', '.join(seen)} only", _hint(names))
        else:
            yield Gap(f"may not list {every} ({', '.join(without) or 'all namespaces'})", _hint(names))


def _pages(api: Api, what: Listed, namespace: str, kept: Kept) -> Generator[Document | Gap, None, bool]:
    """The pages of one list; returns whether it is forbidden.

    A list that expires while it is read (410: the store was compacted) is restarted once.
    """
    path = what.path(namespace)
    where = f"{what.name} of kubernetes at {api.host}"

    def ask(token: str) -> Answer:
        query = {**what.query, "limit": what.page} | ({"continue": token} if token else {})
        accept = {FORBIDDEN} | ({GONE} if token else set()) | ({ABSENT} if what.custom else set())
        return api.page(path, query, what.name, accept, _METADATA if what.metadata else _WHOLE)

    token, again = "", False
    followed: set[str] = set()
    coming = begun(ask, token)
    while True:
        answer = coming()
        if answer.status == FORBIDDEN:
            # 403 is also the answer for a resource that the cluster does not have.
            return not what.custom or api.has(what.group, what.name)
        if answer.status == ABSENT:
            return False
        if answer.status == GONE:
            if again:
                yield Gap(
                    f"{what.name}: truncated, the list expired while it was read", "run again, or set `namespaces`"
                )
                return False
            token, again, followed = "", True, set()
            coming = begun(ask, token)
            continue
        page = parsed(answer, where)
        # For metadata only, old servers write null for an empty list.
        if not isinstance(page, dict) or not isinstance(page.get("items", ""), list | None):
            raise BadAnswer(f"{where}: the answer is no list of them", "is this the URL of an API server?")
        query = f"{urlencode(what.query)}&" if what.query else ""
        asked = f"GET {api.host}{path}?{query}limit={what.page}" + (f"&continue={quote(token)}" if token else "")
        token = text(page, "metadata", "continue")
        endless = token in followed
        if token and not endless:
            followed.add(token)
            # The server makes the next page while this one is processed.
            coming = begun(ask, token)
        left = kept(what, page)
        made = [Document(what.name, asked, datetime.now(UTC), encode(left), left)]
        # Pages take most of the memory: free this one before waiting for the next.
        del answer, page, left
        yield made.pop()
        if endless:
            yield Gap(f"{what.name}: truncated, the server names a page as the next one that it has sent already")
        if endless or not token:
            return False


def _namespaces(api: Api, own: str) -> list[str]:
    """The namespaces to ask if the whole cluster may not be listed: every namespace, else the account's own."""
    answer = api.page("/api/v1/namespaces", {}, "namespaces", {FORBIDDEN})
    if answer.status == FORBIDDEN:
        return [own] if own else []
    page = parsed(answer, f"namespaces of kubernetes at {api.host}")
    return sorted({name for item in objects(page, "items") if (name := text(item, "metadata", "name"))})


def _hint(names: Sequence[str]) -> str:
    return f"give it a role with the verb list on {', '.join(names)}; `namespaces` limits where it is needed"
