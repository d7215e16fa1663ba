"""Coverage of sources that can report the same things: what one of them missed, and which others saw it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from collector.source import Gap, Seen
from collector.window import Window
from collector.wording.numbers import listed, seconds

Span = tuple[datetime, datetime]


class Coverage(Struct, frozen=True):
    """What one source was asked, what it gave, and what it could not see."""

    source: str
    type: str
    asked: tuple[str, ...]
    """The questions, each once, with the number of pages: `events (3 pages)`."""
    events: int
    """How many Events it gave."""
    gaps: tuple[Gap, ...]
    failed: bool
    """It gave nothing because it could not be asked."""
    seen: tuple[Seen, ...] = ()
    """The parts of the time that it could see, if known."""


def complemented(coverage: Sequence[Coverage], window: Window) -> tuple[Coverage, ...]:
    """The same, with every Gap about a part of the window naming the sources that cover it, and how exactly."""
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
    """The part of the window that the span covers, in words: `of the whole window`, `from 13:52`, `until 14:10`."""
    start = "" if span[0] <= window.start else f"from {window.clock(span[0])}"
    end = "" if span[1] >= window.end else f"until {window.clock(span[1])}"
    return " ".join(filter(None, (start, end))) or "of the whole window"


def _complemented(gap: Gap, others: Iterable[Coverage], window: Window) -> Gap:
    missing = _overlap(gap.span, (window.start, window.end)) if gap.span else None
    if missing is None:
        return gap
    others_ = list(dict.fromkeys(_seen_by(missing, gap.about, others, window)))
    return replace(gap, reason=f"{gap.reason}; that time is covered by {listed(*others_)}") if others_ else gap


def _seen_by(missing: Span, about: str, others: Iterable[Coverage], window: Window) -> Iterator[str]:
    for other in others:
        for seen in other.seen:
            common = _overlap((seen.start, seen.end), missing) if seen.about == about else None
            if common:
                where = "" if common == missing else f" {part(common, window)}"
                yield f"{other.source} ({seen.what}, to {seconds(seen.exact.total_seconds())}){where}"


def _overlap(one: Span, other: Span) -> Span | None:
    start, end = max(one[0], other[0]), min(one[1], other[1])
    return (start, end) if start < end else None
