"""Reads a postmortem, and writes it back only if nobody else changed it meanwhile."""

from pathlib import Path

from cli.output import store
from collector.bounded_file import content
from collector.errors import UsageError


def read(file: Path) -> str:
    """The text with its original line ends. Raises UsageError if it cannot be read or is no UTF-8 text."""
    try:
        text = content(file, str(file)).decode()
    except UnicodeDecodeError:
        raise UsageError(f"{file}: is not in UTF-8; save it as UTF-8") from None
    if "\0" in text:
        raise UsageError(f"{file}: is no text; name the Markdown file of the postmortem")
    return text


def replace(file: Path, before: str, after: str) -> None:
    """Replace the file by `after`, whole or not at all. Raises UsageError, also if it no longer contains `before`."""
    if read(file) != before:
        raise UsageError(f"{file}: somebody changed it in the meantime; run the same again")
    store(after, file, str(file))


def create(file: Path, text: str) -> None:
    """Write a new file. Raises UsageError, also if it exists already."""
    try:
        with file.open("x", encoding="utf-8", newline="") as opened:
            try:
                opened.write(text)
                opened.flush()
            except OSError:
                file.unlink(missing_ok=True)
                raise
    except FileExistsError:
        raise UsageError(f"{file}: exists already and is left as it is") from None
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror or type(error).__name__})") from None
