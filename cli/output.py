"""Puts the rendered timeline where the user wants it."""

import contextlib
import io
import os
import stat
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from cli.render.formats import format_of, rendered
from cli.render.look import Look
from collector.errors import UsageError
from collector.result import Timeline

_STDOUT = Path("-")


def chosen_format(form: str | None, output: Path | None) -> str:
    """The format: as given, else as the ending of the file has it, else what its reader can use."""
    if form is not None:
        return form
    if output is not None and output != _STDOUT:
        return format_of(output) or "markdown"
    return "table" if output is None and sys.stdout is not None and sys.stdout.isatty() else "markdown"


def check_output(output: Path | None) -> None:
    """Raise UsageError if nothing can be written there, before any system is asked."""
    if output is None or output == _STDOUT:
        if sys.stdout is None:
            raise UsageError("stdout is closed; name a file with --output")
        return
    try:
        if output.is_dir():
            raise UsageError(f"--output {output}: is a folder; name a file in it")
        target = output.resolve() if output.is_symlink() else output
        if not target.exists():
            tempfile.TemporaryFile(dir=target.parent).close()
        elif not os.access(target, os.W_OK):
            raise UsageError(f"--output {output}: may not be written")
    except (OSError, RuntimeError) as error:
        raise UsageError(f"--output {output}: cannot be written ({_why(error)})") from None


def write(timeline: Timeline, form: str, output: Path | None, look: Look) -> None:
    """Render as `form` to `output` or stdout. Raises UsageError."""
    text = rendered(timeline, form, replace(look, screen=output is None))
    if output is not None and output != _STDOUT:
        _store(text, output)
        return
    try:
        if isinstance(sys.stdout, io.TextIOWrapper):
            # A terminal or pipe that cannot show a character must not cost the user the table.
            sys.stdout.reconfigure(errors="backslashreplace", newline="")
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        # Python must not complain once more when it flushes at exit.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise UsageError(f"stdout: cannot be written ({_why(error)})") from None


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _store(text: str, output: Path) -> None:
    """Write the whole file or leave what is there: a full disk must not cost an earlier table.

    A link stays a link, and a file keeps its mode.
    """
    unfinished = None
    try:
        if output.exists() and not output.is_file():
            # /dev/stdout and named pipes cannot be replaced.
            output.write_text(text, encoding="utf-8", newline="")
            return
        target = output.resolve() if output.is_symlink() else output
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=target.parent, prefix=".pm-timeline-", delete=False
        ) as opened:
            unfinished = Path(opened.name)
            opened.write(text)
        unfinished.chmod(stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask())
        unfinished.replace(target)
    except OSError as error:
        raise UsageError(f"--output {output}: cannot be written ({_why(error)})") from None
    finally:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
