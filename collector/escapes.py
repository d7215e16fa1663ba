"""Undoes escapes in texts: those of URLs, HTML, JSON and program code, and the folding of long lines."""

import html.entities
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

from msgspec import Struct

from collector.lazy_pattern import lazy_pattern

_NAMED = {
    name: character
    for name, character in html.entities.html5.items()
    if name.endswith(";") and len(character) == 1 and character.isascii()
}
_ENTITY = lazy_pattern(rf"&(?:#\d{{1,7}};?|#[xX][0-9a-fA-F]{{1,6}};?|(?:{'|'.join(sorted(_NAMED))}))")
# Each pattern begins with a single character, which is found fast, and reads no character twice.
_ENTITIES = lazy_pattern(rf"{_ENTITY.pattern}(?:{_ENTITY.pattern})*")
_PERCENT = lazy_pattern(r"%[0-9a-fA-F]{2}(?:%[0-9a-fA-F]{2})*")
_CODE = r"(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})"
_CODES = lazy_pattern(rf"\\(?<!\\\\)\\*+{_CODE}(?:\\++{_CODE})*")
_SLASH = lazy_pattern(r"\\(?<!\\\\)\\*+/(?:\\++/)*")
_EXACT = lazy_pattern(r"""\\u[0-9a-fA-F]{4}(?:\\u[0-9a-fA-F]{4})*|\\x[0-9a-fA-F]{2}|\\["'\\/btnfr]""")
_LETTERS = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}
_FOLD = lazy_pattern(r"\n[ \t]*+|\r\n[ \t]*+|\\(?<!\\\\)\\*+(?:r\\++)?+n[ \t]*+|\\\r?\n[ \t]*+")


class Unescaped(Struct, frozen=True):
    """A text without its escapes, with the original position of each part."""

    text: str
    starts: list[int]
    ends: list[int]
    """`starts` and `ends` of the decoded escapes in `text`."""
    before: list[tuple[int, int]]
    """Start and end of those escapes in the original text."""

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The original position of `text[start:end]`, extended to whole escapes at both ends."""
        first, last = bisect_right(self.starts, start) - 1, bisect_left(self.starts, end) - 1
        began = start if first < 0 else self.before[first][1] + start - self.ends[first]
        ended = end if last < 0 else self.before[last][1] + end - self.ends[last]
        if first >= 0 and start < self.ends[first]:
            began = self.before[first][0]
        if last >= 0 and end <= self.ends[last]:
            ended = self.before[last][1]
        return began, ended


def unescaped(text: str, *, letters: bool = False, folds: bool = False) -> Unescaped | None:
    """The text with one layer of escapes undone; None if there are none.

    `letters` also undoes backslashes before quotes, backslashes and single letters (`\\n`); of several backslashes,
    only the last one escapes the next character. `folds` joins folded lines.
    """
    found: list[tuple[int, int, str]] = []
    for mark, pattern, plain in _rules(letters=letters, folds=folds):
        if mark in text:
            found += [(each.start(), each.end(), plain(each[0])) for each in pattern.finditer(text)]
    if not found:
        return None
    found.sort(key=lambda each: (each[0], -each[1]))
    pieces: list[str] = []
    starts, ends, before = [], [], []
    done = length = 0
    for start, end, made in found:
        if start < done:
            continue
        pieces += (text[done:start], made)
        starts.append(length + start - done)
        length += start - done + len(made)
        ends.append(length)
        before.append((start, end))
        done = end
    pieces.append(text[done:])
    return Unescaped("".join(pieces), starts, ends, before)


def _rules(*, letters: bool, folds: bool) -> Iterator[tuple[str, re.Pattern[str], Callable[[str], str]]]:
    """For each sort of escape: a character that it contains, its pattern, and the function that decodes it."""
    yield "%", _PERCENT, lambda run: bytes.fromhex(run.replace("%", "")).decode("utf-8", "replace")
    yield "&", _ENTITIES, lambda run: _ENTITY.sub(_entity, run)
    if letters:
        yield "\\", _EXACT, lambda run: _LETTERS.get(run[1], run[1]) if len(run) == 2 else _decoded(run)
    else:
        yield "\\", _CODES, _decoded
        yield "\\", _SLASH, lambda run: run.replace("\\", "")
    if folds:
        yield "n", _FOLD, lambda _: ""
        yield "\n", _FOLD, lambda _: ""


def _entity(found: re.Match[str]) -> str:
    name = found[0][1:]
    if name[0] != "#":
        return _NAMED[name]
    # Browsers also accept a number without the semicolon after it.
    number = name[1:].removesuffix(";")
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    return chr(code) if code < 0x110000 else "\ufffd"


def _decoded(run: str) -> str:
    """The characters that `\\u0041` and `\\x41` stand for; a character beyond 16 bits comes as two units."""
    units = re.sub(r"\\+", r"\\", run).encode().decode("unicode_escape")
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
