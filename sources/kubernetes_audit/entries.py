"""The entries of the log: who requested what, and when."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from collector.source import BadAnswer, Document, Gap, each
from sources.cluster.fields import count, get, moment, text
from sources.fact import Moment
from sources.kubernetes_audit.log_coverage import LogCoverage
from sources.kubernetes_audit.reduce import REFUSED, SESSIONS, of_others
from sources.kubernetes_audit.who import actor, component
from sources.loki.lines import warnings


class Entry(Struct, frozen=True):
    """One request that the API server granted, or an eviction that it `refused`."""

    at: Moment
    """From when the request was received to when it was answered; the change happened in between."""
    id: str
    verb: str
    resource: str
    """Resource name, with its group if another group has the resource usually called so: `nodes.longhorn.io`."""
    sub: str
    """Subresource: `scale`, `status`, `eviction`, `exec`; empty for the object itself."""
    group: str
    namespace: str
    name: str
    user: str
    component: str
    """The component of Kubernetes that made the request; empty for people and their pipelines."""
    agent: str
    asked: Any
    """The object or patch that was sent; None if the log does not have it."""
    answered: Any
    """The object after the request; None if the log does not have it."""
    evidence: str
    """Where the entry is in the log: file, line and auditID, or the LogQL that finds it."""
    refused: bool = False

    @property
    def actor(self) -> str:
        """The user who made the request; empty if a component of Kubernetes made it by itself."""
        return "" if self.component else self.user

    @property
    def whole(self) -> Any:
        """The object as it was, or was asked to be, after the request; None if only a patch of it is known."""
        return self.answered or (self.asked if self.verb in ("create", "update") else None)

    @property
    def program(self) -> str:
        """The program that made the request: `kubectl/v1.29.2`."""
        return self.agent.partition(" ")[0]


def entries(documents: Iterable[Document], coverage: LogCoverage) -> Iterator[Entry | Gap]:
    """The entries of all documents in order, each request once. The times that the log covers go to `coverage`."""
    found: list[Entry] = []
    for document in documents:
        try:
            page = document.json()
        except BadAnswer as error:
            yield Gap(error.reason)
            continue
        yield from warnings(page)
        if document.call == "files":
            coverage.files(page)
        elif document.call == "counts":
            yield from coverage.counts(page)
        elif document.call == "entries":
            query = text(page, "query")
            where = partial(_in_loki, query) if query else partial(_in_file, text(page, "file"))
            coverage.shipped |= bool(query)
            for given in each(get(page, "entries"), partial(_entry, where), document.call):
                if isinstance(given, Gap):
                    yield given
                else:
                    found.append(given)
        else:
            yield Gap(f"{document.call}: this version does not know what it is")
    yield from _once(found)


def _once(found: Iterable[Entry]) -> list[Entry]:
    """Each request once: files may overlap, and a session has an entry for its start and one for its end.

    Requests may share an auditID: a client may choose one and send it again and again.
    """
    once: dict[tuple[object, ...], Entry] = {}
    for entry in sorted(found, key=lambda entry: (entry.at.latest, entry.at.earliest, entry.id, entry.evidence)):
        request = (entry.id, entry.at.earliest, entry.verb, entry.resource, entry.sub, entry.namespace, entry.name)
        once.setdefault(request, entry)
    seen: Counter[str] = Counter()
    apart = []
    for entry in sorted(once.values(), key=lambda entry: (entry.at, entry.id, entry.evidence)):
        seen[entry.id] += 1
        apart.append(replace(entry, id=f"{entry.id} #{seen[entry.id]}") if seen[entry.id] > 1 else entry)
    return apart


def _in_file(file: str, item: Any, identifier: str) -> str:
    return f"{file}:{count(item, 'line') or 0} auditID {identifier}"


def _in_loki(query: str, item: Any, identifier: str) -> str:  # noqa: ARG001 - as _in_file
    return f"{query} |= {json.dumps(identifier)}"


def _entry(where: Callable[[Any, str], str], item: Any) -> Iterator[Entry]:
    received, answered = moment(get(item, "requestReceivedTimestamp")), moment(get(item, "stageTimestamp"))
    known = [at for at in (received, answered) if at]
    if not known:
        raise ValueError("an entry without any time")
    identifier, verb = text(item, "auditID"), text(item, "verb")
    resource, sub = text(item, "objectRef", "resource"), text(item, "objectRef", "subresource")
    if not (identifier and verb and resource):
        raise ValueError("an entry of nothing")
    user, agent = text(item, "user", "username"), text(item, "userAgent")
    group = text(item, "objectRef", "apiGroup")
    asked, whole = item.get("requestObject"), item.get("responseObject")
    name = text(item, "objectRef", "name") or text(whole, "metadata", "name") or text(asked, "metadata", "name")
    last = max(at.latest for at in known)
    first = min(at.earliest for at in known)
    yield Entry(
        # A session lasts, but its start is known as soon as it was received.
        at=Moment(first, first if sub in SESSIONS else last),
        id=identifier,
        verb=verb,
        resource=f"{resource}.{group}" if of_others(resource, group) else resource,
        sub=sub,
        group=group,
        namespace=text(item, "objectRef", "namespace"),
        name=name,
        user=actor(user, text(item, "impersonatedUser", "username")),
        component=component(user, agent),
        agent=agent,
        asked=asked,
        answered=whole,
        evidence=where(item, identifier),
        refused=get(item, "responseStatus", "code") == REFUSED,
    )
