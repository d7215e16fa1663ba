"""The files of a log and their lines, whether or not they are compressed or complete."""

import glob
import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from collector.source import BadAnswer

LONGEST_LINE = 8 * 2**20
"""Bytes; the API server takes requests of up to 3 MiB, and an entry may hold a request and its answer."""
MOST_UNPACKED = 2**32
"""Bytes of one file after decompression; rotation keeps real files far below this."""
LARGEST_DOCUMENT = 2**28
"""Bytes of a file that is one JSON document instead of lines: it has to be in memory as a whole."""
_GZIP = b"\x1f\x8b"


class Cut(Exception):
    """A file ends too early, or is far too large; the part before that counts."""


def files(path: str) -> list[Path]:
    """The files that `path` names (a file, a folder or a glob), sorted by name. Raises BadAnswer if there are none."""
    try:
        place = Path(path).expanduser()
        if place.is_dir():
            found = [each for each in place.iterdir() if each.is_file() and not each.name.startswith(".")]
        elif place.exists():
            found = [place]
        else:
            found = [each for each in map(Path, glob.glob(str(place), recursive=True)) if each.is_file()]
    except (OSError, ValueError, RuntimeError) as error:
        # RuntimeError: `~` has no home folder; ValueError: the name contains a null character.
        raise BadAnswer(
            f"audit log {path!r} cannot be looked for ({type(error).__name__})", "is `path` right?"
        ) from None
    if not found:
        raise BadAnswer(f"audit log {path!r}: there is no such file", "is `path` right, a file, a folder or a glob?")
    return sorted(found)


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines with their numbers from 1; a line that is too long is cut. Raises OSError, and Cut."""
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
    """The rest of a file that is one document over many lines. Raises Cut if it is larger than LARGEST_DOCUMENT."""
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
