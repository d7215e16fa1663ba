"""The phases of each incident in the window: a draft may be about any of them."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.result import Phase, Timeline
from collector.row import Row

_MOST_INCIDENTS = 5
_ENDS = ("mitigated", "resolved")
_ORDER = (Verdict.CONFIRMED, Verdict.JUDGE, Verdict.NOT_FOUND, Verdict.NOT_CHECKED, Verdict.CONTRADICTED)


def of_each_incident(facts: Facts, timeline: Timeline) -> list[Facts]:
    """The facts once for each incident with its phases, the worst first, and once with those of all incidents as one.

    If there are too many incidents, the facts only once and without phases.
    """
    rows = {row.id: row for row in timeline.rows}
    every = [timeline.phases, *timeline.other_phases]
    if len(every) > _MOST_INCIDENTS:
        return [facts]
    found = [_phases(phases, timeline, rows) for phases in every]
    return [replace(facts, phases=phases) for phases in (found if len(found) == 1 else [*found, _as_one(found)])]


def _as_one(found: Sequence[Mapping[str, Fact]]) -> dict[str, Fact]:
    """All incidents as one, from the first beginning to the last end, as some drafts describe them."""
    phases: dict[str, Fact] = {}
    for name, fact in (item for each in found for item in each.items()):
        known = phases.get(name)
        if known is None or (fact.at > known.at) == (name in _ENDS):
            phases[name] = fact
    return phases


def _phases(phases: Sequence[Phase], timeline: Timeline, rows: Mapping[str, Row]) -> dict[str, Fact]:
    found = {}
    for phase in phases:
        row = rows.get(phase.row) or next(iter(timeline.rows), None)
        if phase.at is None or row is None:
            continue
        event = row.occurrences[0].best
        earliest, latest = phase.earliest or phase.at, phase.latest or phase.at
        text = f"{phase.name} ({phase.found_by})"
        found[phase.name] = Fact(
            f"phase {phase.name}", phase.at, earliest, latest, text, row.service, row.story, event, True
        )
    return found


def in_any(findings: Iterable[Finding]) -> list[Finding]:
    """The best finding for each thing that was judged for several incidents: it needs to fit only one of them."""
    best: dict[tuple[int, int, str, str], Finding] = {}
    for one in findings:
        known = best.get((one.line, one.column, one.type, one.text))
        if known is None or _ORDER.index(one.verdict) < _ORDER.index(known.verdict):
            best[one.line, one.column, one.type, one.text] = one
    return list(best.values())
