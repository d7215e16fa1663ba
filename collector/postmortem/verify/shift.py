"""Finds out whether all times of a table, or of the prose, are in another zone than they claim."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from collector.postmortem.verify.clock_times import ClockTime
from collector.postmortem.verify.facts import Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.meaning import Meant, meaning
from collector.postmortem.verify.statement import Statement
from collector.written_zones import abbreviation_of

_QUARTER = timedelta(minutes=15)
_SHIFTS = [_QUARTER * number for number in range(-14 * 4, 14 * 4 + 1)]
_FEWEST = 3
_MOST_TIMES = 300
"""Maximum number of times that are compared; a consistent shift shows in these."""


def shifts(statements: Sequence[Statement], facts: Facts) -> tuple[dict[int, timedelta], list[Finding]]:
    """How far the clock of each group of statements is ahead of the evidence, if it is; and a finding for each."""
    groups: dict[int, list[tuple[Statement, ClockTime, Meant]]] = defaultdict(list)
    for one in statements:
        for time in one.times:
            if len(groups[one.sentence.group]) < _MOST_TIMES:
                meant = meaning(one, time, facts)
                if meant.deciding or meant.rows:
                    groups[one.sentence.group].append((one, time, meant))
    found, findings = {}, []
    for group, times in groups.items():
        shift = _shift([(time, meant) for _, time, meant in times])
        if shift:
            found[group] = shift
            findings.append(_finding(times[0][0], times[0][1], shift, group, facts))
    return found, findings


def _shift(times: Sequence[tuple[ClockTime, Meant]]) -> timedelta:
    if len(times) < _FEWEST or len({time.moments for time, _ in times}) < 2:
        return timedelta(0)
    counts = {shift: sum(bool(meant.agree(time, shift)) for time, meant in times) for shift in _SHIFTS}
    best = max(_SHIFTS, key=lambda shift: (counts[shift], -abs(shift)))
    plain = counts[timedelta(0)]
    # A single time that agrees unshifted may do so by chance.
    clear = counts[best] >= max(_FEWEST, 0.6 * len(times)) and plain <= 0.4 * counts[best]
    # A fact with a long interval agrees with many times.
    clear = clear or (counts[best] == len(times) > _FEWEST and plain <= 0.5 * len(times))
    if len({time.moments for time, _ in times}) < _FEWEST:
        clear = not plain and counts[best] == len(times)
    return best if clear else timedelta(0)


def _finding(first: Statement, time: ClockTime, shift: timedelta, group: int, facts: Facts) -> Finding:
    where = "all times of this table" if group else "all times of the text"
    size = abs(shift)
    hours, minutes = divmod(int(size.total_seconds()) // 60, 60)
    amount = " ".join(part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part)
    way = "later" if shift > timedelta(0) else "earlier"
    zone = _zone(shift, facts.window.start, facts.window.tz)
    return Finding(
        first.line(time.start),
        -1,
        "zone",
        time.text,
        Verdict.CONTRADICTED,
        f"{where} are {amount} {way} than the evidence: is the draft in {zone}?",
    )


def _zone(shift: timedelta, at: datetime, tz: tzinfo) -> str:
    """The zone in which the draft would be right, given that its times were read in that of the window."""
    ahead = (at.astimezone(tz).utcoffset() or timedelta(0)) + shift
    return abbreviation_of(ahead, at)
