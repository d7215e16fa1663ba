"""The lines of the table and of the evidence list below it, for the formats for people."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from cli.render.caption import only_one
from cli.render.citations import Citation, citations, shown
from cli.render.clean import one_line
from cli.render.look import Look, Show
from cli.render.plain import clock
from collector.event import Kind
from collector.result import Timeline
from collector.row import Row


class Line(Struct, frozen=True):
    """A line of the table; its texts are plain, not yet escaped for any format."""

    number: int
    """Counted from 1."""
    time: str
    text: str
    row: Row
    cited: Sequence[Citation]
    """All its citations."""
    beside: Sequence[Citation]
    """The citations shown in the table."""


def lines(timeline: Timeline, look: Look) -> list[Line]:
    """A line for each row."""
    show, implied = clock(timeline.window, seconds=look.seconds), only_one(timeline.rows)
    cited = citations(timeline.rows) if look.evidence != Show.NONE else {}
    beside = look.evidence in (Show.COLUMN, Show.INLINE)
    return [
        Line(
            at + 1,
            show(row.at),
            one_line(row.brief(implied=implied)),
            row,
            cited.get(at, ()),
            shown(cited.get(at, ())) if beside else (),
        )
        for at, row in enumerate(timeline.rows)
    ]


def label(one: Citation) -> str:
    """The text of a link to it."""
    return one.word or str(one.number)


def is_note(one: Citation) -> bool:
    """Whether it is a note without a page, which is not linked: its text is in the row."""
    return not one.page and one.word == Kind.NOTE.value


def reports(timeline: Timeline, every: Sequence[Line]) -> Iterator[tuple[Citation, str, str]]:
    """Each citation, with the time at which its source saw it and the source's report."""
    show = clock(timeline.window, seconds=True)
    for one in (one for line in every for one in line.cited):
        start, end = show(one.start), show(one.end)
        more = f" and {one.more:,} more" if one.more else ""
        yield one, start if start == end else f"{start} to {end}", f"{one.what}{more}"
