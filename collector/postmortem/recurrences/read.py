"""Reads one postmortem, in any team's format, from its headings, labels, tables and lists."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from collector.errors import UsageError
from collector.postmortem.document import blocks
from collector.postmortem.page import Page
from collector.postmortem.phase_rows import names_cause, shows_detection
from collector.postmortem.recurrences.actions import actions
from collector.postmortem.recurrences.dates import AmbiguousDay, first_day
from collector.postmortem.recurrences.entries import Entry, entries
from collector.postmortem.recurrences.fields import Fields, fields, first
from collector.postmortem.recurrences.kinds import parts_in, triggers_in
from collector.postmortem.recurrences.milestones import took
from collector.postmortem.recurrences.names import alerts, labelled, services
from collector.postmortem.recurrences.report import MEASURES, Postmortem, Unread
from collector.postmortem.recurrences.sections import about, is_postmortem, readable, title_of, unclosed
from collector.postmortem.table import key
from collector.zones import parse_zone

_DATES = ("date", "incident date", "date of incident", "incident start", "started", "start time", "start", "occurred",
          "day", "date time", "created")  # fmt: skip
_TRIGGER = ("trigger", "triggers", "triggered by", "trigger type", "cause category", "category")
_FAILS = re.compile(r"\b(?:fail|crash|error|down\b|full\b|exhaust|oom|unavailable|cannot|time[sd]? ?out|lost)", re.I)
_PART = ("failing part", "failed part", "failing component", "failed component", "component", "components",
         "affected component", "subsystem")  # fmt: skip


def read_postmortem(text: str, file: str) -> tuple[Postmortem | None, list[Unread]]:
    """The postmortem, or None if the text is not one or a template, and everything that could not be read.

    Never raises.
    """
    read = readable(text)
    unread: list[tuple[int, str]] = []
    if (hidden := unclosed(text)) is not None:
        unread.append((hidden, "what begins here has no end, so that nothing below it is read"))
    marked = _marked(text, unread)
    if not is_postmortem(read) and marked is None:
        unread.append((0, "is no postmortem: no heading is about a summary, timeline, cause, impact or actions"))
        return None, [Unread(file, line, reason) for line, reason in sorted(set(unread))]
    title = title_of(read)
    if "template" in file.rpartition("/")[2].casefold() or (
        title and re.search(r"\btemplate\b|\{\{", title.title, re.I)
    ):
        unread.append((0, "is a template"))
        return None, [Unread(file, line, reason) for line, reason in sorted(set(unread))]
    known, more = fields(text, read)
    unread += more
    day = marked or _date(known, key(title.title) if title else "", file, unread)
    rows, more = entries(read, day)
    unread += more
    if day is None and rows and rows[0].at.year > 2000:
        day = rows[0].at.date()
    made = Postmortem(
        file=file,
        title=key(title.title) if title else "",
        date=day,
        services=services(read, known),
        triggers=_trigger(read, known, title.title if title else "", rows),
        alerts=alerts(read, known, rows),
        parts=_part(read, known, title.title if title else "", rows),
        took=took(read, known, rows, day, unread),
        actions=actions(read, day, unread),
    )
    unread += _missing(read, made)
    return made, [Unread(file, line, reason) for line, reason in sorted(set(unread))]


def _marked(text: str, unread: list[tuple[int, str]]) -> date | None:
    """The day on which the window of a generated timeline starts, from its marker and in the marker's zone."""
    try:
        found = blocks(text)
        for block in found:
            start, zone = block.settings.get("from", ("",))[0], block.settings.get("tz", ("UTC",))[0]
            moment = datetime.fromisoformat(start) if start else None
            if moment is not None:
                return moment.astimezone(parse_zone(zone, "tz") or UTC).date() if moment.tzinfo else moment.date()
    except UsageError as error:
        line, _, reason = str(error).removeprefix("line ").partition(": ")
        unread.append((int(line), reason) if line.isdecimal() else (0, str(error)))
    except (ValueError, OverflowError):
        unread.append((0, "the marker of the timeline has a time that is not understood"))
    return None


def _date(known: Fields, title: str, file: str, unread: list[tuple[int, str]]) -> date | None:
    """The date from a label, else from the title, else from the file name."""
    labels = [(value.text, value.line) for name in _DATES for value in known.get(name, ())]
    for text, line in (*labels, (title, 0), (file, 0)):
        try:
            if found := first_day(text):
                return found
        except AmbiguousDay as ambiguous:
            unread.append((line, f"the date {ambiguous} can be read in two ways; write it as 2026-02-01"))
    return None


def _trigger(read: Page, known: Fields, title: str, rows: Sequence[Entry]) -> tuple[str, ...]:
    """The triggers from a label, else from the first of the sections, rows and titles below that names one."""
    named = [value.text for value in first(known, *_TRIGGER)]
    return _first(
        triggers_in(texts)
        for texts in (
            named,
            _texts(read, "trigger"),
            _texts(read, "cause"),
            [row.text for row in rows if names_cause(row.text)],
            [title],
            _changes(rows)[-1:],
            _texts(read, "summary"),
        )
    )


def _part(read: Page, known: Fields, title: str, rows: Sequence[Entry]) -> tuple[str, ...]:
    return labelled(known, *_PART) or _first(
        parts_in(texts)
        for texts in (
            _texts(read, "cause"),
            [title],
            _texts(read, "summary"),
            [row.text for row in rows if _FAILS.search(row.text)],
        )
    )


def _first(found: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return next((each for each in found if each), ())


def _texts(read: Page, name: str) -> list[str]:
    return [
        key(line)
        for section in about(read, name)
        for line in read.lines[section.start : section.end]
        if line.strip() and "|" not in line
    ]


def _changes(rows: Sequence[Entry]) -> list[str]:
    """The rows that name a trigger, up to the detection of the incident."""
    detected = min((row.at for row in rows if shows_detection(row.text)), default=None)
    early = [row for row in rows if detected is None or row.at <= detected]
    return [row.text for row in early if triggers_in([row.text]) and not shows_detection(row.text)]


def _missing(read: Page, made: Postmortem) -> list[tuple[int, str]]:
    """The facts that every postmortem should have but that were not found or not understood in this one."""
    lacks = {
        "no date is understood; it belongs to no quarter": made.date is None,
        "no service is named": not made.services,
        "no trigger is named": not made.triggers,
        "no heading is about the timeline": not about(read, "timeline"),
        "no action is found": not made.actions,
        f"how long it took to {' and '.join(name for name in MEASURES if name not in made.took)} is not known":
            len(made.took) < len(MEASURES),
    }  # fmt: skip
    return [(0, reason) for reason, lacking in lacks.items() if lacking]
