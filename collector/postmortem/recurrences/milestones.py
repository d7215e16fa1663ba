"""The times to detect, identify, mitigate and resolve, from everything that a postmortem has about them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from collector.postmortem.page import Page
from collector.postmortem.phase_rows import PHASES, first_effect, phase_rows
from collector.postmortem.recurrences.dates import AmbiguousDay
from collector.postmortem.recurrences.entries import Entry, clock
from collector.postmortem.recurrences.fields import Fields, Value, first
from collector.postmortem.recurrences.report import MEASURES

_PHASES = dict(zip(MEASURES, PHASES, strict=True))
_INSTANTS = {
    "started": ("started", "start", "start time", "incident start", "began", "impact start", "outage start"),
    "detected": ("detected", "detected at", "time detected", "detection time"),
    "identified": ("identified", "identified at", "cause identified", "root cause identified", "diagnosed"),
    "mitigated": ("mitigated", "mitigated at", "mitigation time"),
    "resolved": ("resolved", "resolved at", "end", "ended", "end time", "incident end", "recovered", "impact end"),
}
_SPANS = {
    "detect": ("time to detect", "time to detection", "ttd", "mttd"),
    "identify": ("time to identify", "time to diagnose", "tti", "mtti"),
    "mitigate": ("time to mitigate", "time to mitigation", "ttm", "mttm"),
    "resolve": ("time to resolve", "time to resolution", "time to recover", "time to recovery", "time to restore",
                "time to restoration", "time to repair", "time to fix", "ttr", "mttr",
                "duration", "incident duration", "total duration", "outage duration", "downtime"),
}  # fmt: skip
_LINE = re.compile(rf"\b({'|'.join(_INSTANTS)}) ((?:[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}} )?[0-9]{{2}}:[0-9]{{2}}\S*)", re.I)
_START = re.compile(
    r"\b(?:start of (?:the )?(?:incident|outage|impact)|(?:incident|outage|impact) (?:begins?|began|starts?|started)"
    r"|(?:errors?|failures?) (?:begin|began|start|started|rise|rose)|first (?:errors?|symptoms?|failures?))\b",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>d|h|m|s)(?:ays?|(?:ou)?rs?|in(?:uten?)?s?|ec(?:ond)?s?)?\b", re.I
)
_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_OPEN = re.compile(r"(?:unknown\b.*|not known\b.*|n/?a|tb[ad]|ongoing|none|[-\u2013\u2014?]*)", re.IGNORECASE)
Unread = list[tuple[int, str]]


def took(read: Page, known: Fields, rows: Sequence[Entry], day: date | None, unread: Unread) -> Mapping[str, timedelta]:
    """The time from the start to each of MEASURES. Everything unreadable is added to `unread` as line and reason.

    A labelled duration has priority, then a line such as `Started 14:03, detected 14:06` below a generated table, then
    labelled instants, then the rows of the timeline.
    """
    found: dict[str, timedelta] = {}
    instants = {**_from_rows(rows, unread), **_from_fields(known, day, unread), **_from_line(read, day)}
    for measure, phase in _PHASES.items():
        spans = [value for name in _SPANS[measure] for value in known.get(name, ())]
        span = next((each for value in spans if (each := _span(value, unread)) is not None), None)
        start, end = instants.get("started"), instants.get(phase)
        if span is not None:
            found[measure] = span
        elif start is not None and end is not None:
            if end < start:
                unread.append((0, f"it was {phase} before it started; the time to {measure} is left out"))
            else:
                found[measure] = end - start
    return found


def _from_rows(rows: Sequence[Entry], unread: Unread) -> dict[str, datetime]:
    zones = sorted({row.zone for row in rows if row.zone})
    if len(zones) > 1:
        unread.append((rows[0].line, f"the timeline mixes zones ({', '.join(zones)}); no times are taken from it"))
        return {}
    ordered = sorted(rows, key=lambda row: (row.at, row.line))
    shown = phase_rows([row.text for row in ordered])
    found = {phase: ordered[at].at for phase, at in shown.items()}
    starts = [row.at for row in rows if _START.search(row.text)]
    effect = first_effect([row.text for row in ordered])
    if starts:
        found["started"] = min(starts)
    elif effect is not None:
        found["started"] = ordered[effect].at
    elif rows:
        # Else the first row counts as the start, and only later milestones count. If the first row shows the detection,
        # there is no start: the incident began at some time before it.
        first_row = min(row.at for row in rows)
        if first_row != found.get("detected"):
            found = {"started": first_row, **{phase: at for phase, at in found.items() if at > first_row}}
    return found


def _from_fields(known: Fields, day: date | None, unread: Unread) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for phase, names in _INSTANTS.items():
        for value in first(known, *names):
            try:
                made = clock(value.text, day, found.get("started"))
            except AmbiguousDay:
                made = None
            if made is not None:
                found.setdefault(phase, made[0])
                break
            has_time = re.search(r"\d", value.text) is not None or len(value.text.split()) == 1
            if (
                has_time
                and _SPAN.fullmatch(value.text) is None
                and not _OPEN.fullmatch(value.text)
                and len(value.text) < 40
            ):
                unread.append((value.line, f"{phase}: no time is understood in {value.text!r}"))
    return found


def _from_line(read: Page, day: date | None) -> dict[str, datetime]:
    for at in sorted(read.generated) or range(len(read.lines)):
        instants = dict(_instants(read.lines[at], day))
        if "started" in instants and len(instants) > 1:
            return instants
    return {}


def _instants(line: str, day: date | None) -> Iterator[tuple[str, datetime]]:
    last = None
    for name, text in _LINE.findall(line):
        try:
            made = clock(text, day, last)
        except AmbiguousDay:
            continue
        if made is not None:
            last = made[0]
            yield name.casefold(), last


def _span(value: Value, unread: Unread) -> timedelta | None:
    parts = list(_SPAN.finditer(value.text))
    if parts:
        try:
            seconds = sum(float(part["number"]) * _SECONDS[part["unit"].casefold()] for part in parts)
            return timedelta(seconds=seconds)
        except OverflowError:
            parts = []
    if not parts and not _OPEN.fullmatch(value.text):
        unread.append((value.line, f"no length of time is understood in {value.text[:40]!r}"))
    return None
