"""Writes the rendered timeline to the file that the user chose, or to stdout."""

import os
import stat
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from cli.render.formats import FORMATS, check_installed, format_of, rendered
from cli.render.look import Look
from cli.stdout import put
from collector.errors import UsageError
from collector.result import Timeline

_STDOUT = Path("-")
_ZIP = b"PK\x03\x04"


def format_for(form: str | None, output: Path | None) -> str:
    """The format: as given, else as the ending of the file has it, else what its reader can use.

    Raises UsageError for an ending that no format has: a table in `timeline.docx` would open nowhere.
    """
    if form is not None:
        return form
    if output is not None and output != _STDOUT:
        found = format_of(output)
        if found is None and output.suffix:
            raise UsageError(f"--output {output}: no format has the ending {output.suffix}; name one with --format")
        return found or "markdown"
    return "table" if output is None and sys.stdout is not None and sys.stdout.isatty() else "markdown"


def check_output(form: str, output: Path | None, others: Mapping[str, Path | None]) -> None:
    """Raise UsageError if `form` cannot be rendered or `output` cannot be written; called before any system is asked.

    The output must not overwrite a bundle, nor one of the `others`: the files of other options, by the option.
    """
    check_installed(form)
    if output is None or output == _STDOUT:
        if sys.stdout is None:
            raise UsageError("stdout is closed; name a file with --output")
        if not FORMATS[form].text and sys.stdout.isatty():
            raise UsageError(f"--format {form}: a terminal shows none; name a file: --output timeline.{form}")
        return
    try:
        if output.is_dir():
            raise UsageError(f"--output {output}: is a folder; name a file in it")
        target = output.resolve() if output.is_symlink() else output
        if not target.exists():
            tempfile.TemporaryFile(dir=target.parent).close()
        elif not os.access(target, os.W_OK):
            raise UsageError(f"--output {output}: may not be written")
        _check_apart(output, target, others)
    except (OSError, RuntimeError) as error:
        raise UsageError(f"--output {output}: cannot be written ({_why(error)})") from None


def _check_apart(output: Path, target: Path, others: Mapping[str, Path | None]) -> None:
    for option, other in others.items():
        if other is not None and (target.resolve() == other.resolve() or (target.is_file() and _same(target, other))):
            raise UsageError(f"--output {output}: is the file of {option}; name another")
    if target.is_file() and os.access(target, os.R_OK):
        with target.open("rb") as opened:
            if opened.read(len(_ZIP)) == _ZIP:
                raise UsageError(f"--output {output}: holds a bundle or another archive; name another file")


def _same(one: Path, other: Path) -> bool:
    """Whether both paths name the same file."""
    return other.exists() and one.samefile(other)


def write(timeline: Timeline, form: str, output: Path | None, look: Look) -> None:
    """Render as `form` to `output` or stdout. Raises UsageError."""
    made = rendered(timeline, form, replace(look, to_stdout=output is None))
    if output is not None and output != _STDOUT:
        store(made, output, f"--output {output}")
        return
    put(made)


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def store(content: str | bytes, output: Path, culprit: str) -> None:
    """Write the whole file or leave the old one: a full disk must not destroy an earlier table.

    A symbolic link stays one, and a file keeps its mode. Raises UsageError; its message begins with `culprit`.
    """
    unfinished = None
    encoded = content if isinstance(content, bytes) else content.encode()
    try:
        if output.exists() and not output.is_file():
            # /dev/stdout and named pipes cannot be replaced.
            output.write_bytes(encoded)
            return
        target = output.resolve() if output.is_symlink() else output
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".pm-timeline-", delete=False) as opened:
            unfinished = Path(opened.name)
            opened.write(encoded)
        unfinished.chmod(stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask())
        unfinished.replace(target)
    except OSError as error:
        raise UsageError(f"{culprit}: cannot be written ({_why(error)})") from None
    finally:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
