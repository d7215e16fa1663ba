"""Rows compared with what really happened."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from msgspec import Struct

from collector.event import SECOND, Event, Kind
from collector.timeline import Row
from tests.evidence.evidence import AUDIT, EXPIRED, LIVE, LOKI, METRICS, RECORDED, SEARCH
from tests.evidence.limits import LIMITS, limit
from tests.evidence.truth import Span, Truth, utc

_ENDS = (Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_COMPLETED, Kind.ROLLOUT_RESUMED)
_GRACE = timedelta(seconds=30)
_REQUEST = timedelta(seconds=3)
"""What a request to a busy API server may take."""
_UNHEARD = timedelta(seconds=14)
"""The grace period of nodes here, a heartbeat, and a look of the controller."""


class Told(Struct, frozen=True):
    """How a row is told by some evidence."""

    row: Row
    away: float
    """Seconds from the truth to the time of the row; 0 within what is known of the truth."""
    exact: timedelta
    """The narrowest interval that is given for it."""
    as_: Kind | None = None

    def __str__(self) -> str:
        """`+0.4 ±1.0`, as it is printed."""
        said = f"{self.away:+.1f} ±{self.exact.total_seconds():.1f}"
        return f"({self.as_.partition('.')[2]}) {said}" if self.as_ else said


def precise(type_: str, kind: Kind, sampled: timedelta, rollout: timedelta) -> timedelta:
    """How exact a source claims to be: its documentation, with the sampling interval and the length of the rollout."""
    if kind == Kind.NODE_NOT_READY and type_ in (LIVE, AUDIT, RECORDED):
        return _UNHEARD
    if kind == Kind.POD_TERMINATED and type_ in (LIVE, LOKI, SEARCH):
        return SECOND + _GRACE
    if kind == Kind.POD_READY and type_ == LIVE:
        # What a step of the controller proves lies between the start of the container and that step.
        return rollout
    # A stamp to the second may bound what lies between two samples on one side.
    return {AUDIT: _REQUEST, METRICS: sampled + SECOND}.get(type_, SECOND)


def compare(rows: Sequence[Row], truth: Sequence[Truth], types: Sequence[str]) -> tuple[dict[str, Told], list[str]]:
    """How each row that there has to be is told, by service and what; and everything that is wrong."""
    told: dict[str, Told] = {}
    wrong: list[str] = []
    claimed: set[str] = set()
    for true in truth:
        least = limit(types, true)
        as_ = least.as_ if least else None
        ours = [row for row in rows if _of(row, true, as_ or true.kind)]
        if EXPIRED in types and not ours:
            # What is left of a cluster an hour later is little, and all that is asked of it is that it is right.
            lesser = {one.as_ for one in LIMITS if one.as_ and one.holds(true)}
            ours = [row for row in rows if any(_of(row, true, kind) for kind in lesser)]
            as_ = ours[0].kind if ours else None
        claimed |= {row.id for row in ours}
        if len(ours) > 1:
            wrong.append(f"{true.service}: {true.what} is told {len(ours)} times: {[row.text for row in ours]}")
        hidden = least is not None and not (least.as_ or least.part or least.unnamed)
        if hidden and ours:
            wrong.append(f"{true.service}: {true.what} is told, though it cannot be: {ours[0].text}")
        if not ours:
            if not hidden and EXPIRED not in types:
                wrong.append(f"{true.service}: {true.what} is not told")
            continue
        if least and least.unnamed and any(event.keys.version for event in _relevant(ours[0], true)):
            wrong.append(f"{true.service}: {true.what} is told with its version, though it cannot be")
        part = bool(least and (least.part or least.as_)) or EXPIRED in types
        unnamed = bool(least and least.unnamed) or EXPIRED in types
        wrong += [f"{true.service}: {true.what}: {said}" for said in _faults(ours[0], true, part=part, unnamed=unnamed)]
        told[name(true)] = _told(ours[0], true, as_)
    wrong += [f"not true: {row.service} {row.at:%H:%M:%S} {row.text}" for row in rows if row.id not in claimed]
    return told, wrong


def name(true: Truth) -> str:
    """What its line is called."""
    return f"{true.service or 'nodes'}: {true.what}"


def lines(columns: Mapping[str, Mapping[str, Told]], truth: Iterable[Truth]) -> list[str]:
    """The table, to print."""
    names = [name(true) for true in truth]
    first = max(map(len, names))
    cells = [[str(column[line]) if line in column else "-" for column in columns.values()] for line in names]
    widths = [max(map(len, [head, *(line[at] for line in cells)])) for at, head in enumerate(columns)]
    rows = [list(columns), *cells]
    return [
        "  ".join([label.ljust(first), *(cell.ljust(width) for cell, width in zip(row, widths, strict=True))]).rstrip()
        for label, row in zip(["", *names], rows, strict=True)
    ]


def _of(row: Row, true: Truth, kind: Kind) -> bool:
    if row.service != true.service:
        return False
    if kind in _ENDS:
        # It has no row of its own: that of a rollout's old pods tells that it is over, that of a pause that it goes on.
        return any(event.kind == kind for event in row.events)
    return row.kind == kind


def _relevant(row: Row, true: Truth) -> list[Event]:
    kinds = {true.kind} if true.kind in (*_ENDS, Kind.POD_READY, Kind.POD_TERMINATED) else {row.kind, Kind.POD_CRASHED}
    return [event for event in row.events if event.kind in kinds]


def _faults(row: Row, true: Truth, *, part: bool, unnamed: bool) -> Iterable[str]:
    events = _relevant(row, true)
    for event in events:
        if not any(_holds(event, span) for span in [*true.spans, *true.after]):
            interval = f"{event.earliest:%H:%M:%S.%f} to {event.latest:%H:%M:%S.%f}"
            yield f"{event.source} is wrong: {interval}: {event.summary}"
    for span in true.spans if not part else ():
        if not any(_holds(event, span) for event in events):
            yield f"of {span.pod or 'it'} at {utc(span.begin):%H:%M:%S.%f} nothing is told"
    times = re.search(r"(\d+) times", row.text)
    if times and int(times[1]) > len(true.spans):
        yield f"it was {len(true.spans)} times: {row.text}"
    if {span.pod for span in true.spans} - {event.subject.pod for event in events} - {""}:
        yield "not of every pod"
    if true.version and not unnamed and true.kind in (Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED):
        known = {(event.keys.version, event.keys.replaces) for event in events}
        if (true.version, true.replaces) not in known or true.version not in row.text:
            yield f"the versions are not {true.version} and {true.replaces}: {row.text}"


def _holds(event: Event, span: Span) -> bool:
    """Whether what is told contains the truth, up to the second to which stamps are cut."""
    same = not span.pod or span.pod == event.subject.pod
    return same and event.earliest - SECOND <= utc(span.end) and utc(span.begin) <= event.latest + SECOND


def _told(row: Row, true: Truth, as_: Kind | None) -> Told:
    best = min(_relevant(row, true), key=lambda event: event.latest - event.earliest)
    at, span = (best.at if true.kind in _ENDS else row.at).timestamp(), true.at
    if true.kind == Kind.POD_TERMINATED:
        # The row is stamped when the rollout was complete, which is some time after its last old pod.
        at = max(event.at for event in _relevant(row, true)).timestamp()
    away = at - span.begin if at < span.begin else at - span.end if at > span.end else 0.0
    return Told(row, away, best.latest - best.earliest, as_)
