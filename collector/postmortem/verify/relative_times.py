"""Times counted from one that a draft states: with `T0 = 14:02 UTC` in it, `T+12m` is 14:14 UTC."""

import re
from collections.abc import Mapping

_START = re.compile(
    r"\bT(?:\s?\+?\s?0)?\s?(?:=|:|is|was|being|\()\s?\W{0,3}(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[ T])?"
    r"(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])(?::[0-5][0-9])?(?P<zone>\s?(?:Z\b|[A-Z]{3,4}\b))?"
)
_SINCE = re.compile(
    r"(?<![\w+])T\s?\+\s?(?:(?P<hours>[0-9]{1,2})\s?h(?:ours?)?\s?)?(?:(?P<minutes>[0-9]{1,3})(?:\s?m(?:in(?:utes?)?)?)?)?"
    r"(?!\w|[.:][0-9])"
)
_DAY = 24 * 60


def absolute(text: str) -> tuple[str, Mapping[tuple[int, str], str]]:
    """The text with relative times replaced by clock times, and the originals by line number (from 1) and clock time.

    A text that states no such start, or several different ones, is returned unchanged.
    """
    starts = {(int(one["hour"]) * 60 + int(one["minute"]), one["zone"] or "") for one in _START.finditer(text)}
    if len(starts) != 1:
        return text, {}
    start, zone = next(iter(starts))
    stood: dict[tuple[int, str], str] = {}
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):

        def clock(found: re.Match[str], number: int = number, line: str = line) -> str:
            since = int(found["hours"] or 0) * 60 + int(found["minutes"] or 0)
            if not (found["hours"] or found["minutes"]) or _START.match(line, found.start()):
                return found[0]
            hour, minute = divmod((start + since) % _DAY, 60)
            written = f"{hour:02}:{minute:02}{zone}"
            stood[number, written] = found[0]
            return written

        lines[number - 1] = _SINCE.sub(clock, line)
    return "\n".join(lines), stood
