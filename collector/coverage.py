"""Coverage of several sources that can tell the same: what one of them missed, and which others saw it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from collector.source import Gap
from collector.timeline import Coverage
from collector.window import Window
from collector.words import listed, seconds

Span = tuple[datetime, datetime]


def complemented(coverage: Sequence[Coverage], window: Window) -> tuple[Coverage, ...]:
    """The same, with every Gap about a part of the window saying from whom that part is known, and how exactly."""
    return tuple(
        replace(
            own,
            gaps=tuple(
                _complemented(gap, [other for other in coverage if other is not own], window) for gap in own.gaps
            ),
        )
        for own in coverage
    )


def part(span: Span, window: Window) -> str:
    """A stretch of time as far as it lies in the window: `of the whole window`, `from 13:52`, `until 14:10`."""
    start = "" if span[0] <= window.start else f"from {window.clock(span[0])}"
    end = "" if span[1] >= window.end else f"until {window.clock(span[1])}"
    return " ".join(filter(None, (start, end))) or "of the whole window"


def _complemented(gap: Gap, others: Iterable[Coverage], window: Window) -> Gap:
    missing = _overlap(gap.span, (window.start, window.end)) if gap.span else None
    if missing is None:
        return gap
    told = list(dict.fromkeys(_told(missing, gap.about, others, window)))
    return replace(gap, reason=f"{gap.reason}; that time is covered by {listed(*told)}") if told else gap


def _told(missing: Span, about: str, others: Iterable[Coverage], window: Window) -> Iterator[str]:
    for other in others:
        for seen in other.seen:
            common = _overlap((seen.start, seen.end), missing) if seen.about == about else None
            if common:
                where = "" if common == missing else f" {part(common, window)}"
                yield f"{other.source} ({seen.what}, to {seconds(seen.exact.total_seconds())}){where}"


def _overlap(one: Span, other: Span) -> Span | None:
    start, end = max(one[0], other[0]), min(one[1], other[1])
    return (start, end) if start < end else None
