"""What a person wrote down of an incident, before the product saw it."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from tests.incidents.pipeline import Line

_MINUTE = timedelta(minutes=1)
_NAMED = "named"
FAR = timedelta(minutes=10)
"""A row so far from the expected time reports something else."""
_FAMILIES = {
    "ci": "deploy",
    "rollout": "deploy",
    "errors": "symptom",
    "latency": "symptom",
    "traffic": "symptom",
    "workload": "scaling",
    "annotation": "note",
    "silence": "note",
}


class Pattern(Struct, frozen=True):
    """One kind of row."""

    kinds: frozenset[str]
    """Empty: any."""
    all: tuple[re.Pattern[str], ...]
    span: tuple[datetime, datetime] | None

    def matches(self, text: str) -> bool:
        """Whether a text has all that is looked for."""
        return all(pattern.search(text) for pattern in self.all)

    def error(self, row: Line) -> timedelta | None:
        """How far the time of a row is from the expected one; None if it is no such row."""
        if self.kinds and family(row.kind) not in self.kinds:
            return None
        if not self.matches(row.text):
            return None
        if self.span is None:
            return timedelta()
        start, end = self.span
        off = max(start - row.at, row.at - end, timedelta())
        return off if off <= FAR else None


class Expected(Struct, frozen=True):
    """A row that has to be there, in one of several forms."""

    forms: tuple[Pattern, ...]
    name: str
    named: bool = False
    """It is enough that a line under the table has it, or a row about something else."""

    def error(self, row: Line) -> timedelta | None:
        """As that of a Pattern: the least of its forms."""
        return min((off for form in self.forms if (off := form.error(row)) is not None), default=None)


class Expectation(Struct, frozen=True):
    """One `expected.yaml`."""

    rows: tuple[Expected, ...]
    harmless: tuple[Pattern, ...]
    forbidden: tuple[Pattern, ...]


def family(kind: str) -> str:
    """The family of a row's kind, as `expected.yaml` has it."""
    first = kind.partition(".")[0]
    return _FAMILIES.get(first, first)


def load_expected(path: Path, start: datetime) -> Expectation:
    """Read one. Times without a date are on the day of `start`, or after midnight on the next. Raises ValueError."""
    found: Mapping[str, Any] = yaml.safe_load(path.read_text())
    unknown = set(found) - {"rows", "harmless", "forbidden"}
    if unknown:
        raise ValueError(f"{path}: unknown keys {sorted(unknown)}")

    def patterns(items: Sequence[Mapping[str, Any]]) -> tuple[Pattern, ...]:
        return tuple(_pattern(item, start) for item in items)

    rows = tuple(
        Expected(
            (_pattern(item, start), *patterns(item.get("or", ()))),
            f"{item['at']} {' & '.join(item['all'])}",
            item["at"] == _NAMED,
        )
        for item in found["rows"]
    )
    return Expectation(rows, patterns(found["harmless"]), patterns(found["forbidden"]))


def _pattern(item: Mapping[str, Any], start: datetime) -> Pattern:
    unknown = set(item) - {"at", "kind", "all", "or"}
    if unknown:
        raise ValueError(f"unknown keys {sorted(unknown)} in {item}")
    span = None
    if item.get("at", _NAMED) != _NAMED:
        first, _, last = str(item["at"]).partition("-") if "T" not in str(item["at"]) else (item["at"], "", "")
        begin = _moment(first, start)
        # A minute lasts until the next begins.
        span = (begin, _moment(last or first, start) + _MINUTE - timedelta(microseconds=1))
    patterns = tuple(re.compile(text, re.IGNORECASE) for text in item["all"])
    return Pattern(frozenset(item.get("kind", ())), patterns, span)


def _moment(text: str, start: datetime) -> datetime:
    if "T" in text:
        return datetime.fromisoformat(text).astimezone(UTC)
    hours, minutes = map(int, text.split(":"))
    at = start.replace(hour=hours, minute=minutes, second=0, microsecond=0)
    return at if at >= start - timedelta(hours=12) else at + timedelta(days=1)
