"""Reads notes from a file, a pipe, stdin or the command line."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from collector.source import BadAnswer, Denied, Document
from sources import named_pipe
from sources.notes.settings import NotesSettings

LARGEST = 1024 * 1024
"""Maximum bytes of a file with notes."""
_COMMAND_LINE = "--note"
_STDIN = Path("-")


def fetch(settings: NotesSettings) -> Iterator[Document]:
    """The lines, then the file. Raises Denied or BadAnswer if it cannot be read."""
    if settings.lines:
        yield Document("lines", _COMMAND_LINE, datetime.now(UTC), json.dumps(settings.lines))
    if settings.file is not None:
        origin = "stdin" if settings.file == _STDIN else str(settings.file)
        yield Document("file", origin, datetime.now(UTC), _text(settings.file))


def _bytes(file: Path) -> bytes:
    if file.is_fifo():
        return named_pipe.read(file, LARGEST + 1)
    with file.open("rb") as opened:
        return opened.read(LARGEST + 1)


def _text(file: Path) -> str:
    try:
        data = sys.stdin.buffer.read(LARGEST + 1) if file == _STDIN else _bytes(file.expanduser())
    except named_pipe.NobodyWrites:
        raise BadAnswer(f"notes file {file} is a pipe that nobody writes to", "give a file, or - for stdin") from None
    except PermissionError:
        raise Denied(f"notes file {file} may not be read", "give yourself the right to read it") from None
    except AttributeError:
        raise BadAnswer("stdin, from which the notes are to be read, is closed", "give a file with --notes") from None
    except (OSError, ValueError, RuntimeError) as error:
        # RuntimeError: there is no home folder for `~`; ValueError: a null character.
        raise BadAnswer(f"notes file {file} cannot be read ({type(error).__name__})", "is the path right?") from None
    if len(data) > LARGEST:
        raise BadAnswer(f"notes file {file} is larger than {LARGEST // 1024} KiB", "give only the notes themselves")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadAnswer(f"notes file {file} is not UTF-8 (byte {error.start})", "save it as UTF-8 text") from None
    if "\0" in text:
        raise BadAnswer(f"notes file {file} is not text (it holds null bytes)", "save it as UTF-8 text")
    return text
