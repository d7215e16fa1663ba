"""The summary of recurrences for the terminal: failures that came back, durations and actions."""

import io
import re
from collections.abc import Sequence
from datetime import date, timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.render.clean import one_line
from collector.postmortem.recurrences.again import TrackedAction
from collector.postmortem.recurrences.report import ATTRIBUTES, MEASURES, State
from collector.postmortem.recurrences.summary import Summary
from collector.wording.numbers import duration_text

_FILE_WIDTH = 160
_NARROWEST = 20
_MOST = 100
"""Maximum number of characters shown of an action; JSON and CSV have the whole text."""
_COUNTED = {"service": "service", "trigger": "trigger", "alert": "alert", "part": "failing part"}
_LINK = re.compile(r"\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])")


def as_table(found: Summary) -> str:
    """Tables of the terminal's width. Values in only one postmortem are counted, not listed."""
    screen = Console()
    console = screen if screen.is_terminal else Console(file=io.StringIO(), width=_FILE_WIDTH)
    console.width = max(console.width, _NARROWEST)
    with console.capture() as captured:
        console.print(Text(_heading(found), "bold"))
        for by in ATTRIBUTES:
            console.print(Text(f"\nBy {'failing part' if by == 'part' else by}", "bold"))
            again = [one for one in found.recurrences if one.by == by and len(one.postmortems) > 1]
            rows = [
                (
                    one.value,
                    f"{len(one.postmortems)} times",
                    ", ".join(_named(each.file, each.date) for each in one.postmortems),
                )
                for one in again
            ]
            _print(console, rows)
            console.print(Text(_rest(found, by, bool(again))))
        console.print(Text("\nMedian time from the start, by quarter", "bold"))
        medians = [
            (one.name, str(one.postmortems), *(_median(one.medians.get(name), one.counts[name]) for name in MEASURES))
            for one in found.quarters
        ]
        _print(console, [("Quarter", "Postmortems", *(f"to {name}" for name in MEASURES)), *medians])
        console.print(Text("\nActions", "bold"))
        console.print(Text(_counts(found.actions)))
        _print(console, [_action(one) for one in found.actions if one.open or one.came_back])
        console.print(Text(f"\n{_unread(found)}"))
    return captured.get()


def _print(console: Console, rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        return
    table = Table(box=None, pad_edge=False, show_header=False)
    for at in range(len(rows[0])):
        table.add_column(overflow="fold", ratio=1 if at == len(rows[0]) - 1 else None)
    for row in rows:
        table.add_row(*(Text(one_line(cell)) for cell in row))
    console.print(table)


def _heading(found: Summary) -> str:
    days = [each.date for each in found.postmortems if each.date]
    span = f", {min(days)} to {max(days)}" if days else ""
    return f"{_many(len(found.postmortems), 'postmortem')}{span}; today is {found.today}"


def _rest(found: Summary, by: str, some: bool) -> str:
    once = sum(one.by == by and len(one.postmortems) == 1 for one in found.recurrences)
    unknown = found.without(by)
    parts = [] if some else ["nothing is known to have come back"]
    parts += [f"{_many(once, _COUNTED[by])} once only"] if once else []
    parts += [f"{_many(unknown, 'postmortem')} {'names' if unknown == 1 else 'name'} none"] if unknown else []
    return "; ".join(parts)


def _counts(actions: Sequence[TrackedAction]) -> str:
    opened = [one for one in actions if one.open]
    unstated = sum(one.action.state is State.UNSTATED for one in opened)
    overdue, undated = sum(one.overdue > 0 for one in opened), sum(one.action.due is None for one in opened)
    back = sum(one.came_back is not None for one in actions)
    stated = f" ({unstated} without a status)" if unstated else ""
    return (
        f"{_many(len(actions), 'action')}: {len(opened)} open{stated}, {overdue} overdue, {undated} of the open without"
        f" a due date; of {back} the failure came back before they were done"
    )


def _action(one: TrackedAction) -> tuple[str, ...]:
    state = "open" if one.action.state is State.UNSTATED else one.action.state.value
    due = f"due {one.action.due}" if one.action.due else "no due date"
    late = f", {_many(one.overdue, 'day')} overdue" if one.overdue else ""
    back = f"; came back: {_named(one.came_back.file, one.came_back.date)}" if one.came_back else ""
    where = f"{one.postmortem.file}:{one.action.line}"
    return where, one.action.owner or "no owner", f"{_brief(one.action.text)}: {state}, {due}{late}{back}"


def _unread(found: Summary) -> str:
    if not found.unread:
        return "Everything was read."
    files = _many(len({one.file for one in found.unread}), "file")
    return f"Not read, or not found: {_many(len(found.unread), 'thing')} in {files}, on stderr and in the JSON."


def _brief(text: str) -> str:
    """The text without link targets, cut to `_MOST` characters."""
    text = _LINK.sub(r"\1", text)
    return text if len(text) <= _MOST else f"{text[: _MOST - 1].rstrip()}\N{HORIZONTAL ELLIPSIS}"


def _named(file: str, day: date | None) -> str:
    return file if day is None or day.isoformat() in file else f"{file} ({day})"


def _median(span: timedelta | None, count: int) -> str:
    return "-" if span is None else f"{duration_text(span)} ({count})"


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
