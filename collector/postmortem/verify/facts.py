"""The facts that the evidence reports, indexed by kind and by name."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct, field

from collector.event import Event, Kind
from collector.people import named, parts
from collector.result import Timeline
from collector.row import Row
from collector.window import Window

_ROLLED_BACK = frozenset({Kind.ROLLBACK_STARTED, Kind.ROLLBACK_COMPLETED})
PEAK = "peak"
"""Kind of the fact that a ratio was at its highest; no Event has this kind."""
_HANDLE = re.compile(r"@?(?P<name>[a-z][\w-]{1,24}): ")
"""The author of a note, in lower case: `kai: reverting`."""
_NO_HANDLE = re.compile(
    r"(?:ing|ed|tion)$|^(?:update|note|status|action|cause|impact|fix|summary|decision|pager|alert)$"
)
_BESIDE = timedelta(minutes=1)


class Fact(Struct, frozen=True):
    """One thing that happened."""

    kind: str
    at: datetime
    earliest: datetime
    latest: datetime
    text: str
    """In words, not yet escaped."""
    service: str
    story: str
    """Id of its story; empty if it has none."""
    event: Event
    in_row: bool
    """Whether it is in a row of the table."""
    rollback: bool = False
    """Whether it belongs to a rollback."""
    is_row: bool = False
    """Whether it is a whole row, and not one occurrence in a row."""


class Facts(Struct, frozen=True):
    """Everything that the evidence reports."""

    window: Window
    rows: tuple[Row, ...]
    by_kind: Mapping[str, tuple[Fact, ...]]
    phases: Mapping[str, Fact]
    """Those that are known, by name; of several incidents none, since a sentence need not show which it is about."""
    services: frozenset[str]
    of_rows: frozenset[str]
    """The services that rows are about."""
    alerts: frozenset[str]
    pods: frozenset[str]
    nodes: frozenset[str]
    versions: Mapping[str, str]
    """Each with the summary of the first Event that has it."""
    commits: Mapping[str, str]
    runs: Mapping[str, str]
    flags: frozenset[str] = frozenset()
    row_moments: Mapping[str, frozenset[datetime]] = field(default_factory=dict)
    """The times that the text of each row contains, by the id of the row."""
    people: frozenset[frozenset[str]] = frozenset()
    """The people who did or wrote something in rows: the words of each name."""

    def of_kinds(self, kinds: Iterable[str]) -> list[Fact]:
        """All facts of these kinds, whole rows first."""
        found = [fact for kind in sorted(set(kinds)) for fact in self.by_kind.get(kind, ())]
        return sorted(found, key=lambda fact: not fact.is_row)


def facts_of(timeline: Timeline) -> Facts:
    """Look at all that is in the timeline, whether it has a row or not."""
    rolled_back = {one.story for one in timeline.decisions if one.story and one.occurrence.kind in _ROLLED_BACK}
    rolled_back |= {row.story for row in timeline.rows if row.kind in _ROLLED_BACK}
    found = [_from_row(row, rolled_back, timeline.window) for row in timeline.rows]
    index = _Names()
    for one in timeline.decisions:
        best = one.occurrence.best
        index.add(best)
        found.append(
            Fact(
                best.kind,
                best.at,
                best.earliest,
                _latest_start(best, best.at, best.latest, timeline.window),
                best.summary,
                best.subject.service,
                one.story,
                best,
                one.outcome == "row",
                one.story in rolled_back or best.kind in _ROLLED_BACK,
            )
        )
        peak = best.numbers.get("peak_at")
        if peak is not None:
            at, in_row = datetime.fromtimestamp(peak, UTC), one.outcome == "row"
            # Dashboards with another resolution show the peak a little earlier or later.
            first, last = at - _BESIDE, at + _BESIDE
            found.append(Fact(PEAK, at, first, last, best.summary, best.subject.service, one.story, best, in_row))
    by_kind: dict[str, list[Fact]] = defaultdict(list)
    for fact in found:
        by_kind[fact.kind].append(fact)
    for event in timeline.silent:
        index.pods |= {event.subject.pod} - {""}
    of_rows = frozenset(filter(None, (event.subject.service for row in timeline.rows for event in row.events)))
    people = [parts(name) for row in timeline.rows for event in row.events for name, _ in named(event)]
    notes = (row.text for row in timeline.rows if row.kind == Kind.NOTE)
    people += [
        parts(found["name"]) for found in map(_HANDLE.match, notes) if found and not _NO_HANDLE.search(found["name"])
    ]
    return Facts(
        timeline.window,
        timeline.rows,
        {kind: tuple(sorted(facts, key=lambda fact: (fact.at, fact.text))) for kind, facts in by_kind.items()},
        {},
        frozenset(index.services),
        of_rows,
        frozenset(index.alerts),
        frozenset(index.pods),
        frozenset(index.nodes),
        index.versions,
        index.commits,
        index.runs,
        frozenset(index.flags),
        {row.id: frozenset(word.moment for word in row.words if word.moment) for row in timeline.rows},
        frozenset(who for who in people if who and who != {"helm"}),
    )


class _Names:
    """Collects the names in Events."""

    def __init__(self) -> None:
        self.services: set[str] = set()
        self.alerts: set[str] = set()
        self.pods: set[str] = set()
        self.nodes: set[str] = set()
        self.flags: set[str] = set()
        self.versions: dict[str, str] = {}
        self.commits: dict[str, str] = {}
        self.runs: dict[str, str] = {}

    def add(self, event: Event) -> None:
        subject, keys = event.subject, event.keys
        self.services |= {subject.service, subject.workload.rpartition("/")[2]} - {""}
        self.alerts |= {keys.alert} - {""}
        self.pods |= {subject.pod} - {""}
        self.nodes |= {subject.node} - {""}
        self.flags |= {keys.flag} - {""}
        if subject.workload.startswith("Node/"):
            self.nodes.add(subject.workload.removeprefix("Node/"))
        for names, name in (
            (self.versions, keys.version),
            (self.versions, keys.replaces),
            (self.commits, keys.commit),
            (self.commits, keys.config_commit),
            (self.runs, keys.run_number),
        ):
            if name:
                names.setdefault(name, event.summary)


def _latest_start(event: Event, at: datetime, latest: datetime, window: Window) -> datetime:
    """The latest possible time of an Event: `latest`, but `at` for an alert known to fire since before `window`.

    Such an alert is first seen later than it fired, and reports itself since when.
    """
    reported = event.kind == Kind.ALERT_FIRING and not event.numbers.keys().isdisjoint({"fired", "since"})
    return at if reported and at < window.start else latest


def _from_row(row: Row, rolled_back: set[str], window: Window) -> Fact:
    ours = [one.best for one in row.occurrences if one.kind == row.kind] or [row.occurrences[0].best]
    best = min(ours, key=lambda event: abs(event.at - row.at))
    earliest, latest = min(row.earliest or row.at, row.at), max(row.latest or row.at, row.at)
    latest = _latest_start(best, row.at, latest, window)
    back = row.kind in _ROLLED_BACK or row.story in rolled_back
    return Fact(
        row.kind, row.at, earliest, latest, row.brief(implied=False), row.service, row.story, best, True, back, True
    )
