"""Files with several postmortems, one below the other."""

from bisect import bisect_right
from itertools import pairwise

from msgspec import Struct

from collector.postmortem.lines import split
from collector.postmortem.recurrences.sections import is_timeline, readable

_HIGHEST = 3
_MOST = 100


class Piece(Struct, frozen=True):
    """One postmortem of a file: the text with the lines of the others empty, so that lines keep their numbers."""

    text: str
    line: int
    """That of its heading, from 1 on; 0 where the file has only this one."""


def postmortems_in(text: str) -> list[Piece]:
    """The file as a whole, or each part below headings of one level that has a timeline of its own."""
    read = readable(text)
    timelines = [section for section in read.sections if is_timeline(section.title)]
    for level in range(1, _HIGHEST + 1):
        starts = [section.heading for section in read.sections if section.level == level]
        deeper = [section.heading for section in timelines if section.level > level]
        own = [
            (start, end)
            for start, end in pairwise([*starts, len(read.lines)])
            if bisect_right(deeper, start) < bisect_right(deeper, end - 1)
        ]
        if 1 < len(own) <= _MOST:
            lines = split(text)
            return [
                Piece("".join(line if start <= at < end else "\n" for at, line in enumerate(lines)), start + 1)
                for start, end in own
            ]
    return [Piece(text, 0)]
