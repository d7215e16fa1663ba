"""The files of a log: which there are, and their lines, whatever they are packed in and however they end."""

import glob
import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from collector.source import BadAnswer

LONGEST_LINE = 8 * 2**20
"""Bytes; the API server takes requests of up to 3 MiB, and an entry may have one and its answer."""
MOST_UNPACKED = 2**32
"""Bytes of one file, unpacked; rotation keeps real ones far below it."""
LARGEST_DOCUMENT = 2**28
"""Bytes of JSON that is no line each but one document, which has to be in the memory at once."""
_GZIP = b"\x1f\x8b"


class Cut(Exception):
    """A file ends before its end, or goes on beyond all measure; what came before counts."""


def files(path: str) -> list[Path]:
    """The files that `path` names (a file, a folder or a glob), sorted by name. Raises BadAnswer if none is there."""
    try:
        place = Path(path).expanduser()
        if place.is_dir():
            found = [each for each in place.iterdir() if each.is_file() and not each.name.startswith(".")]
        elif place.exists():
            found = [place]
        else:
            found = [each for each in map(Path, glob.glob(str(place), recursive=True)) if each.is_file()]
    except (OSError, ValueError, RuntimeError) as error:
        # RuntimeError: there is no home folder for `~`; ValueError: the name has a null character in it.
        raise BadAnswer(
            f"audit log {path!r} cannot be looked for ({type(error).__name__})", "is `path` right?"
        ) from None
    if not found:
        raise BadAnswer(f"audit log {path!r}: there is no such file", "is `path` right, a file, a folder or a glob?")
    return sorted(found)


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines with their numbers from 1; of one that is too long, only the beginning. Raises OSError, and Cut."""
    with path.open("rb") as raw:
        packed = raw.read(2) == _GZIP
        raw.seek(0)
        if not packed:
            yield from _numbered(raw)
            return
        with gzip.GzipFile(fileobj=raw) as unpacked:
            try:
                yield from _numbered(unpacked)
            except EOFError:
                raise Cut("ends in the middle") from None
            except (gzip.BadGzipFile, zlib.error):
                raise Cut("is damaged") from None


def whole(rest: Iterable[bytes]) -> bytes:
    """The rest of a file whose lines are one document. Raises Cut if it is larger than LARGEST_DOCUMENT."""
    found, size = [], 0
    for line in rest:
        size += len(line)
        if size > LARGEST_DOCUMENT:
            raise Cut(f"is one JSON document of more than {LARGEST_DOCUMENT // 2**20} MiB")
        found.append(line)
    return b"".join(found)


def _numbered(opened: IO[bytes] | gzip.GzipFile) -> Iterator[tuple[int, bytes]]:
    number = size = 0
    while line := opened.readline(LONGEST_LINE):
        number += 1
        size += len(line)
        yield number, line
        while not line.endswith(b"\n") and (line := opened.readline(LONGEST_LINE)):
            size += len(line)
            if size > MOST_UNPACKED:
                break
        if size > MOST_UNPACKED:
            raise Cut(f"is more than {MOST_UNPACKED // 2**30} GiB unpacked")
