"""Finds the exported files, and reads their lines in any text format."""

import glob
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from collector.source import BadAnswer, Denied, SourceError

LONGEST_LINE = 2**20
"""Maximum bytes of one line."""
MOST_FILES = 1000
_UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def files(path: Path) -> list[Path]:
    """The files that `path` refers to (a file, a folder or a pattern), in order of name. Raises SourceError."""
    try:
        place = path.expanduser()
        if place.is_dir():
            found = [each for each in place.iterdir() if each.is_file() and not each.name.startswith(".")]
        elif place.exists():
            found = [place]
        else:
            found = [each for each in map(Path, glob.glob(str(place), recursive=True)) if each.is_file()]
    except PermissionError:
        raise Denied(f"{path} may not be read", "give yourself the right to read it") from None
    except (OSError, ValueError, RuntimeError) as error:
        # RuntimeError: there is no home folder for `~`; ValueError: the name has a null character in it.
        raise BadAnswer(f"{path} cannot be looked for ({type(error).__name__})", "is `path` right?") from None
    if not found:
        raise BadAnswer(f"{path}: there is no such file", "is `path` right, a file, a folder or a pattern?")
    if len(found) > MOST_FILES:
        raise BadAnswer(f"{path}: {len(found)} files are too many", f"name at most {MOST_FILES}")
    return sorted(found)


def lines(path: Path) -> Iterator[tuple[int, str | None]]:
    """Lines with their numbers from 1, without line ends; None for a line that is too long. Raises SourceError."""
    try:
        # A pipe or terminal may never end, and opening a pipe must not wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        with os.fdopen(descriptor, "rb") as raw:
            if not stat.S_ISREG(os.fstat(raw.fileno()).st_mode):
                raise BadAnswer(f"{path} is no regular file", "write what it gives into a file first")
            yield from _lines(raw, path)
    except SourceError:
        raise
    except PermissionError:
        raise Denied(f"{path} may not be read", "give yourself the right to read it") from None
    except OSError as error:
        raise BadAnswer(f"{path} cannot be read ({type(error).__name__})", "is `path` right?") from None


def _lines(raw: IO[bytes], path: Path) -> Iterator[tuple[int, str | None]]:
    start = raw.read(4096)
    encoding = _UTF_16.get(start[:2], "")
    if not encoding and b"\0" in start:
        raise BadAnswer(f"{path} is not text", "is it compressed? unpack it first")
    raw.seek(2 if encoding else 3 if start.startswith(b"\xef\xbb\xbf") else 0)
    number = 0
    while line := _line(raw, encoding):
        number += 1
        if len(line) > LONGEST_LINE:
            yield number, None
        else:
            yield number, line.decode(encoding or "utf-8", "replace").rstrip("\r\n")


def _line(raw: IO[bytes], encoding: str) -> bytes:
    """The next line with its end; a line that is too long is cut, but still longer than LONGEST_LINE."""
    line = raw.readline(LONGEST_LINE + 2)
    if encoding:
        # The byte 0A ends a line only as a whole character.
        end = b"\n\0" if encoding.endswith("le") else b"\0\n"
        line += raw.read(1) if encoding.endswith("le") and line.endswith(b"\n") else b""
        while line and not (line.endswith(end) and len(line) % 2 == 0) and len(line) <= LONGEST_LINE:
            more = raw.readline(LONGEST_LINE + 2)
            if not more:
                break
            line += more + (raw.read(1) if encoding.endswith("le") else b"")
    if len(line) > LONGEST_LINE:
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = raw.readline(LONGEST_LINE)
    return line
