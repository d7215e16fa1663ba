"""Puts the rendered timeline where the user wants it."""

import io
import sys
import tempfile
from pathlib import Path

from cli.render.look import Look
from collector.errors import UsageError
from collector.result import Timeline

FORMATS = ("markdown", "json", "csv", "table")
_FILE_WIDTH = 160


def write(timeline: Timeline, form: str | None, output: Path | None, look: Look, *, plots: bool) -> None:
    """Render as `form` (by default for who reads it) to `output` or stdout. Raises UsageError."""
    form = form or ("table" if output is None and sys.stdout.isatty() else "markdown")
    text = _json(timeline, plots=plots) if form == "json" else _rendered(timeline, form, output, look)
    if output is not None:
        _store(text, output)
        return
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal or pipe that cannot show a character must not cost the user the table.
        sys.stdout.reconfigure(errors="backslashreplace", newline="")
    sys.stdout.write(text)
    sys.stdout.flush()


def _rendered(timeline: Timeline, form: str, output: Path | None, look: Look) -> str:
    if form == "table":
        return _table(timeline, output, look)
    if form == "csv":
        from cli.render.as_csv import render as as_csv

        return as_csv(timeline)
    from cli.render.as_markdown import render

    return render(timeline, look)


def _json(timeline: Timeline, *, plots: bool) -> str:
    from cli.render.as_json import render

    return render(timeline, plots=plots)


def _table(timeline: Timeline, output: Path | None, look: Look) -> str:
    """With colours, links and the width of the terminal if it goes there."""
    from rich.console import Console

    from cli.render.as_table import render

    console = Console() if output is None else Console(file=io.StringIO(), width=_FILE_WIDTH)
    with console.capture() as captured:
        render(timeline, console, look)
    return captured.get()


def _store(text: str, output: Path) -> None:
    """Write the whole file or leave what is there: a full disk must not cost an earlier table."""
    try:
        if output.exists() and not output.is_file():
            # /dev/stdout and named pipes cannot be replaced.
            output.write_text(text, encoding="utf-8", newline="")
            return
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=output.parent, prefix=".pm-timeline-", delete=False
        ) as unfinished:
            unfinished.write(text)
        Path(unfinished.name).chmod(0o644)
        Path(unfinished.name).replace(output)
    except OSError as error:
        raise UsageError(f"--output {output}: cannot be written ({error.strerror})") from None
