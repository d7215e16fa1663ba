"""`pm-timeline recurrences`: how often did the same type of failure come back?"""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.stdout import put
from collector.errors import UsageError

_FORMATS = ("table", "json", "csv")


def recurrences(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder with the postmortems, in Markdown.")],
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help="table (default), json or csv.")] = "table",
    today: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="By which day actions are overdue: 2026-04-01; default: today, UTC."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Do not list what could not be read.")] = False,
) -> int:
    """Count the failures that came back, how long they took by quarter, and the actions that are open and overdue."""
    from cli.messages import say
    from cli.render.recurrences import as_csv, as_json
    from cli.render.recurrences_table import as_table
    from collector.postmortem.recurrences.folder import read_folder
    from collector.postmortem.recurrences.summary import summarize

    if format_ not in _FORMATS:
        raise UsageError(f"--format {format_}: no such format; there are: {', '.join(_FORMATS)}")
    day = _day(today)
    library = read_folder(folder)
    found = summarize(library.postmortems, library.unread, day)
    if not quiet:
        for one in found.unread:
            place = f"{one.file}:{one.line}" if one.line else one.file
            say(f"{place}: {one.reason}")
    render = {"table": as_table, "json": as_json, "csv": as_csv}[format_]
    put(render(found))
    return 0


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--today {text}: is no day; write it as 2026-04-01") from None
