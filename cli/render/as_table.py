"""The timeline as a coloured table for the terminal, with evidence to click on where the terminal can."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.render.clean import one_line, page
from cli.render.plain import clock, coverage, heading, nothing, phases, places
from collector.event import Kind
from collector.result import Timeline
from collector.row import Evidence, Row

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


def render(timeline: Timeline, console: Console) -> None:
    """Print the table and its coverage to `console`, as wide as that is."""
    if timeline.rows:
        show = clock(timeline.window)
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column(heading(timeline.window), no_wrap=True)
        table.add_column("Event", ratio=1, overflow="fold")
        table.add_column("Evidence", overflow="fold")
        for row in timeline.rows:
            table.add_row(Text(show(row.at)), Text(one_line(row.text), _style(row.kind)), _evidence(row, console))
        console.print(table)
    else:
        console.print(Text(nothing(timeline)))
    if found := phases(timeline):
        console.print(Text(f"\n{found}"))
    console.print(Text("\nCoverage", "bold"))
    for depth, text in coverage(timeline):
        console.print(Text(f"{'  ' * depth}- {text}", "yellow" if depth else ""), overflow="fold", soft_wrap=False)


def _style(kind: Kind) -> str:
    return _OVER.get(kind) or _BAD.get(kind) or _STYLES.get(kind.value.partition(".")[0], "")


def _evidence(row: Row, console: Console) -> Text:
    shown, more = places(row)
    placed = [_place(evidence, console) for evidence in shown]
    return Text(", ").join([*placed, Text(f"+{more}")] if more else placed)


def _place(evidence: Evidence, console: Console) -> Text:
    label, url = one_line(evidence.label), page(evidence.url)
    if not url:
        return Text(f"{label}: {one_line(evidence.query)}" if evidence.query else label)
    # Without colours rich does not write links either.
    if console.is_terminal and console.color_system and not console.legacy_windows:
        return Text(label, f"underline link {url}")
    return Text(f"{label} {url}")
