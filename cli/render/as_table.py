"""The timeline as a coloured table for the terminal, with clickable evidence if the terminal supports links."""

import io

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from cli.render.caption import caption, only_one
from cli.render.citations import Citation, citations, shown
from cli.render.clean import one_line
from cli.render.look import PLAIN, Look, Show
from cli.render.plain import clock, coverage, nothing, phases
from collector.event import Kind
from collector.result import Timeline

_STYLES = {
    "alert": "red",
    "errors": "red",
    "pod": "cyan",
    "rollback": "yellow",
    "deploy": "blue",
    "rollout": "blue",
    "ci": "blue",
    "note": "magenta",
}
_OVER = {Kind.ALERT_RESOLVED: "green", Kind.ERRORS_FELL: "green", Kind.ROLLBACK_COMPLETED: "green"}
_BAD = {Kind.POD_CRASHED: "red", Kind.POD_OOM_KILLED: "red", Kind.DEPLOY_FAILED: "red", Kind.RUN_FAILED: "red"}


WIDE = 100
"""Width in characters from which the table has a third column, for the evidence."""


_FILE_WIDTH = 160
_NARROWEST = 20
"""Width in characters at which words still fit; rich prints nothing at all with `COLUMNS=0`."""


def render(timeline: Timeline, look: Look = PLAIN) -> str:
    """The table and its coverage. With `look.to_stdout` it has the colours, links and width of the terminal."""
    console = Console() if look.to_stdout else Console(file=io.StringIO(), width=_FILE_WIDTH)
    console.width = max(console.width, _NARROWEST)
    with console.capture() as captured:
        draw(timeline, console, look)
    return captured.get()


def draw(timeline: Timeline, console: Console, look: Look = PLAIN) -> None:
    """Print the table and its coverage to `console`, at its full width."""
    console.print(Text(caption(timeline), "bold"))
    if timeline.rows:
        console.print(_table(timeline, console, look))
    else:
        console.print(Text(nothing(timeline)))
    if found := phases(timeline):
        console.print(Text(f"\n{found}"))
    if look.coverage:
        console.print(Text("\nCoverage", "bold"))
        for depth, text in coverage(timeline):
            console.print(_item(depth, text))


def _item(depth: int, text: str) -> Table:
    """A line of the list; where it needs several, these are below its first word."""
    item = Table.grid(Column(no_wrap=True), Column(overflow="fold"), padding=(0, 1, 0, 0))
    item.add_row(f"{'  ' * depth}-", Text(text, "yellow" if depth else ""))
    return item


def _table(timeline: Timeline, console: Console, look: Look) -> Table:
    show, implied = clock(timeline.window, seconds=look.seconds), only_one(timeline.rows)
    cited = citations(timeline.rows) if look.evidence in (Show.COLUMN, Show.INLINE) else {}
    column = look.evidence == Show.COLUMN and console.width >= WIDE
    table = Table(box=None, pad_edge=False, header_style="bold", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    if column:
        table.add_column(overflow="fold")
    for at, row in enumerate(timeline.rows):
        words = Text(one_line(row.brief(implied=implied)), _style(row.kind))
        links = Text(", ").join([_link(one, console) for one in shown(cited.get(at, ()))])
        if column:
            table.add_row(Text(show(row.at)), words, links)
        elif links:
            table.add_row(Text(show(row.at)), Text.assemble(words, "  ", (links)))
        else:
            table.add_row(Text(show(row.at)), words)
    return table


def _style(kind: Kind) -> str:
    return _OVER.get(kind) or _BAD.get(kind) or _STYLES.get(kind.value.partition(".")[0], "")


def _link(one: Citation, console: Console) -> Text:
    """A short word, clickable if the terminal supports links."""
    word = one.word or one.source
    # Without colours rich writes no links either, so the word must not look like one.
    can = console.is_terminal and console.color_system and not console.legacy_windows
    return Text(word, f"dim underline link {one.page}" if one.page and can else "dim")
