"""Citations: where a reader can check each row. Each has a number and a short word; a row has only a few."""

import re
import shlex
from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from cli.render.clean import one_line, page
from collector.event import Event, Kind
from collector.row import Row

MOST = 4
"""Maximum number of citations of a row; the JSON has the rest of its evidence."""
_MOST_PLACES = 3
"""Maximum number of places shown for one citation."""
_WORDS = {"alert": "alert", "errors": "graph", "latency": "graph", "traffic": "graph", "silence": "silence"}
_OBJECT = re.compile(
    r"/(?:api/v1|apis/(?P<group>[a-z0-9.-]+)/v[a-z0-9]+)"
    r"(?:/namespaces/(?P<namespace>[a-z0-9.-]+))?/(?P<kind>[a-z]+)/(?P<name>[A-Za-z0-9.:-]+)",
    re.ASCII,
)


class Citation(Struct, frozen=True):
    """The Events of one row from one source with one word, such as `alert`."""

    number: int
    """Counted from 1 in the order of the rows."""
    word: str
    """A short word for it: `run 482`, `graph`, `alert`, `note`, or the source's name; may be empty without a page."""
    source: str
    page: str
    """The first page to open, safe to link to; empty if there is none."""
    row: Row
    start: datetime
    end: datetime
    """The times of its first Event (`start`) and its last (`end`), in UTC."""
    what: str
    """The source's report as one plain line, not yet escaped."""
    places: tuple[str, ...]
    """Queries and commands that show it again; plain, not yet escaped."""
    more: int
    """The number of its Events besides the one in `what`."""


def citations(rows: Sequence[Row]) -> dict[int, list[Citation]]:
    """The citations of each row, by the row's index in `rows`."""
    found: dict[int, list[Citation]] = {}
    number = 0
    for at, row in enumerate(rows):
        ours = []
        for word, source, events in _groups(row):
            number += 1
            ours.append(_citation(number, word, source, events, row))
        found[at] = ours
    return found


def shown(ours: Sequence[Citation]) -> Sequence[Citation]:
    """The citations shown beside the row: those with a page to open, else the first."""
    pages = [one for one in ours if one.page]
    return pages or ours[:1]


def _groups(row: Row) -> Iterator[tuple[str, str, list[Event]]]:
    """The Events of a row grouped by source and word. Groups with a page come first, otherwise in order of Events."""
    groups: dict[tuple[str, str], list[Event]] = {}
    for event in row.events:
        groups.setdefault((event.source, _word(event)), []).append(event)
    ranked = sorted(groups.items(), key=lambda pair: not any(page(event.url) for event in pair[1]))
    for (source, word), events in ranked[:MOST]:
        yield word, source, events


def _citation(number: int, word: str, source: str, events: Sequence[Event], row: Row) -> Citation:
    # If an Event has a page, its GET request shows nothing more.
    asked = (event.query for event in events if not (event.url and event.query.startswith("GET ")))
    places = dict.fromkeys(_place(query) for query in asked if query)
    return Citation(
        number=number,
        word=word,
        source=one_line(source),
        page=next((found for event in events if (found := page(event.url))), ""),
        row=row,
        start=min(event.at for event in events),
        end=max(event.at for event in events),
        what=one_line(next((event for event in events if event.kind == row.kind), events[0]).summary),
        places=tuple(list(places)[:_MOST_PLACES]),
        more=len(events) - 1,
    )


def _word(event: Event) -> str:
    if event.keys.run_number and event.url:
        return one_line(f"run {event.keys.run_number}")
    if event.kind in (Kind.NOTE, Kind.ANNOTATION):
        return event.kind.value
    return _WORDS.get(event.kind.value.partition(".")[0], one_line(event.source) if page(event.url) else "")


def _place(query: str) -> str:
    """The query, or for a Kubernetes API path the kubectl command that shows it."""
    found = _OBJECT.fullmatch(query)
    if found is not None:
        group = found["group"] or ""
        kind = f"{found['kind']}.{group}" if group else found["kind"]
        namespace = f"-n {found['namespace']} " if found["namespace"] else ""
        return f"kubectl {namespace}get {kind} {found['name']} -o yaml"
    path = query.startswith(("/api/v1/", "/apis/"))
    return one_line(f"kubectl get --raw {shlex.quote(query)}" if path else query)
