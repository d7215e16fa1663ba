"""How well a table agrees with what a person wrote."""

import statistics
from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from tests.incidents.expected import Expectation, Expected, family
from tests.incidents.pipeline import Line, Table


class Score(Struct, frozen=True):
    """One incident."""

    name: str
    events: int
    rows: int
    wanted: int
    missing: tuple[str, ...]
    """Rows that had to be there."""
    needless: tuple[Line, ...]
    """Rows that are neither expected nor harmless."""
    good: int
    forbidden: tuple[Line, ...]
    errors: tuple[float, ...]
    """Of the rows that were found: seconds from the minute in which they belong."""

    @property
    def recall(self) -> float:
        """The share of the expected rows that is there."""
        return 1 - len(self.missing) / self.wanted if self.wanted else 1.0

    @property
    def precision(self) -> float:
        """The share of expected rows among those that count."""
        counted = self.good + len(self.needless)
        return self.good / counted if counted else 1.0

    @property
    def worst(self) -> float:
        """The largest error of a time, in seconds."""
        return max(self.errors, default=0.0)

    def __str__(self) -> str:
        """One line of the table."""
        median = statistics.median(self.errors) if self.errors else 0.0
        shares = f"{self.recall:>7.0%} {self.precision:>9.0%}"
        times = f"{median:>8.0f} {self.worst:>6.0f}"
        return f"{self.name:<28} {self.events:>7,} {self.rows:>5} {shares} {len(self.forbidden):>9} {times}"


HEAD = f"{'incident':<28}  events  rows  recall precision forbidden median s  worst"


def score(name: str, table: Table, expectation: Expectation) -> Score:
    """Hold a table against the expectation.

    A row may stand for several expected ones, as where the alert's row has the errors in it. Of several rows that
    report the same expected one, the nearest counts and the others are needless.
    """
    found: dict[int, tuple[timedelta, Line]] = {}
    texts = [*table.left_out, *(row.text for row in table.rows if family(row.kind) != "note")]
    named = {
        place
        for place, wanted in enumerate(expectation.rows)
        if wanted.named and any(wanted.forms[0].matches(text) for text in texts)
    }
    for place, wanted in enumerate(expectation.rows):
        if wanted.named:
            continue
        nearest = _nearest(wanted, table.rows)
        if nearest:
            found[place] = nearest
    good = {id(row) for _, row in found.values()}
    rest = [row for row in table.rows if id(row) not in good]
    forbidden = [row for row in table.rows if any(one.error(row) is not None for one in expectation.forbidden)]
    needless = [row for row in rest if not any(one.error(row) == timedelta() for one in expectation.harmless)]
    return Score(
        name=name,
        events=table.events,
        rows=len(table.rows),
        wanted=len(expectation.rows),
        missing=tuple(
            one.name for place, one in enumerate(expectation.rows) if place not in found and place not in named
        ),
        needless=tuple(needless),
        good=len(good),
        forbidden=tuple(forbidden),
        errors=tuple(off.total_seconds() for off, _ in found.values()),
    )


def together(scores: Sequence[Score]) -> Score:
    """All of them as if they were one."""
    return Score(
        name=f"all {len(scores)}",
        events=sum(one.events for one in scores),
        rows=sum(one.rows for one in scores),
        wanted=sum(one.wanted for one in scores),
        missing=tuple(missing for one in scores for missing in one.missing),
        needless=tuple(row for one in scores for row in one.needless),
        good=sum(one.good for one in scores),
        forbidden=tuple(row for one in scores for row in one.forbidden),
        errors=tuple(error for one in scores for error in one.errors),
    )


def _nearest(wanted: Expected, rows: Sequence[Line]) -> tuple[timedelta, Line] | None:
    matching = [(off, place, row) for place, row in enumerate(rows) if (off := wanted.error(row)) is not None]
    if not matching:
        return None
    off, _, row = min(matching, key=lambda one: one[:2])
    return off, row
