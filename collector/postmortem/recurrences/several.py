"""Splits files that contain several postmortems, one below the other."""

from bisect import bisect_right
from itertools import pairwise

from msgspec import Struct

from collector.postmortem.lines import split
from collector.postmortem.recurrences.sections import is_timeline, readable

_HIGHEST = 3
_MOST = 100


class Piece(Struct, frozen=True):
    """One postmortem of a file: the text with all other lines emptied, so that line numbers stay the same."""

    text: str
    line: int
    """Line number of its heading, from 1; 0 if the file has only this one."""


def postmortems_in(text: str) -> list[Piece]:
    """The whole file, or if several headings of one level have a timeline below them, the part of each."""
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
