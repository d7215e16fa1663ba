"""Rules about the timeline: it is in order, and has every milestone, in a possible order."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from msgspec import Struct

from collector.postmortem.lines import SYMBOL, without_spans
from collector.postmortem.page import Page, column
from collector.postmortem.phase_rows import PHASES, first_step, phase_rows
from collector.postmortem.rules.finding import Finding
from collector.postmortem.table import key
from collector.postmortem.trailing_times import trailing_time

_TIME = re.compile(
    r"(?:(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[T ])?(?<![\d:])(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])"
    r"(?::(?P<second>[0-5][0-9]))?(?:\.[0-9]+)?(?:\s?(?P<half>[AaPp])\.?[Mm]\b\.?)?(?P<offset>Z|\s?[+-][0-9]{2}:[0-9]{2})?"
)
_HEADINGS = ("timeline", "key events", "event log", "incident log", "chronology", "sequence of events")
_ROW = re.compile(rf"\s*(?:[-*+]\s+)?(?:{SYMBOL}\s*)*\**([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ])?[0-9]{{1,2}}:[0-9]{{2}}")
_LONGEST = 2000
"""Characters of a row that are looked at: more is a log, and patterns with `.*` take the square of them."""
_HALF_DAY, _DAY = timedelta(hours=12), timedelta(days=1)


class Entry(Struct, frozen=True):
    """A row of a timeline: of a table or list, or a heading with the text below it."""

    line: int
    at: timedelta
    """Time since an arbitrary midnight, the same for all entries. An undated time over 12 h back is on the next day."""
    shown: str
    text: str


def check_timeline(page: Page) -> Iterator[Finding]:
    """Look at what stands below a heading about the timeline."""
    found = page.named(*_HEADINGS)
    if not found:
        return
    entries = _entries(page)
    for before, after in pairwise(entries):
        if after.at < before.at:
            yield Finding(after.line, "order", f"{after.shown} stands after {before.shown}")
    if not entries:
        yield Finding(found[0].heading + 1, "milestone", "the timeline has no row with a time")
        return
    # Rows in disorder have a finding of their own.
    ordered = sorted(entries, key=lambda entry: (entry.at, entry.line))
    texts = [entry.text for entry in ordered]
    shown = phase_rows(texts)
    for name in PHASES:
        # A line such as the one below a generated table: `mitigated 14:22`.
        stated = re.compile(rf"\b{name}:? [0-9]", re.IGNORECASE)
        lines = (line for section in found for line in page.lines[section.start : section.end])
        if name not in shown and not any(map(stated.search, lines)):
            message = f"no row of the timeline shows when the incident was {name}"
            yield Finding(found[0].heading + 1, "milestone", message)
    step, detected = first_step(texts), shown.get("detected")
    if step is not None and detected is not None and ordered[step].at < ordered[detected].at:
        message = f"mitigated at {ordered[step].shown}, before it was detected at {ordered[detected].shown}"
        yield Finding(ordered[step].line, "mitigation", message)
    yield from _impossible(entries)


def _impossible(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Find effects before their causes. Rows are only exact to the minute, so equal times are in order."""
    for what, start, end in (
        ("alert", r"\balert\b.*\bfires?\b", r"\balert\b.*\bresolved\b"),
        ("rollback", r"\brollback\b.*\b(?:initiated|starts|started)\b", r"\brollback\b.*\bcompleted?\b"),
    ):
        cause, effect = _first(entries, start), _first(entries, end)
        if cause and effect and effect is not cause and effect.at < cause.at:
            message = f"the {what} ends at {effect.shown}, before it begins at {cause.shown}"
            yield Finding(effect.line, "causality", message)


def _first(entries: Sequence[Entry], pattern: str) -> Entry | None:
    regex = re.compile(pattern, re.IGNORECASE)
    matching = [entry for entry in entries if regex.search(entry.text)]
    return min(matching, key=lambda entry: (entry.at, entry.line), default=None)


def _entries(page: Page) -> list[Entry]:
    rows: list[tuple[int, str, str]] = []
    for section in page.named(*_HEADINGS):
        inside: set[int] = set()
        for table in page.tables(section):
            inside |= set(range(table.start, table.end))
            time = column(table, "time", "when", "utc", "clock")
            if time is not None:
                rows += [
                    (line, row[time], " ".join(key(cell) for at, cell in enumerate(row) if at != time))
                    for line, row in enumerate(table.rows, table.start + 3)
                    if time < len(row)
                ]
        title = key(section.title)
        if _ROW.match(title):
            below = " ".join(page.lines[section.start : section.end])
            rows.append((section.heading + 1, title, f"{title} {key(below)}"))
        listed = [at for at in range(section.start, section.end) if at not in inside and _ROW.match(page.lines[at])]
        rows += [(at + 1, page.lines[at], page.lines[at]) for at in listed]
        rest = sorted(set(range(section.start, section.end)) - inside - {*listed})
        rows += [(at + 1, *row) for at in rest if (row := trailing_time(page.lines[at]))]
    found: list[Entry] = []
    for line, cell, text in sorted(rows):
        at = _at(cell, found[-1].at if found else None)
        if at is not None:
            found.append(Entry(line, at[0], at[1], text[:_LONGEST]))
    return found


def _at(cell: str, before: timedelta | None) -> tuple[timedelta, str] | None:
    match = _TIME.search(without_spans(key(cell)))
    if match is None:
        return None
    half, hour = (match["half"] or "").lower(), int(match["hour"])
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    at = timedelta(hours=hour, minutes=int(match["minute"]), seconds=int(match["second"] or 0))
    offset = (match["offset"] or "").strip()
    if offset and offset != "Z":
        ahead = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6]))
        at -= ahead if offset[0] == "+" else -ahead
    if match["day"]:
        try:
            return at + _DAY * date.fromisoformat(match["day"]).toordinal(), match[0]
        except ValueError:
            return None
    if before is not None:
        at += _DAY * before.days
        if before - at > _HALF_DAY:
            at += _DAY
    return at, match[0]
