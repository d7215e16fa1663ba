"""The text of notes as Markdown: people's own markup stays, unless it would break the table or run in a browser."""

import html
import re

from cli.render.clean import one_line
from collector.lazy_pattern import lazy_pattern

_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_AUTOLINK = lazy_pattern(r"<(?:https?://|mailto:)[^\s<>]*>", re.IGNORECASE)
_TAG = lazy_pattern(r"<(?=[A-Za-z/!?])")
_TARGET = lazy_pattern(r"\]\(\s*<?([^\s)>]*)")
_OURS = lazy_pattern(r"(?<!\\)\[(?=e[0-9a-f]+\](?!\())")
"""What would lead to our evidence: labels are ours alone."""
_SCHEME = lazy_pattern(r"[^/?#]*?:")
_SAFE = lazy_pattern(r"(?:https?|mailto):", re.IGNORECASE)


def written(text: str) -> str:
    """A person's inline Markdown, made safe for a table cell: links, bold and code stay.

    Pipes, HTML, images, and links to anything but web pages and mail addresses are escaped to plain text.
    """
    line = one_line(text)
    parts, at, plain = [], 0, 0
    while at < len(line):
        char = line[at]
        if char == "\\" and line[at + 1 : at + 2] in _PUNCTUATION and at + 1 < len(line):
            at += 2
        elif char == "`":
            ticks = len(line) - at - len(line[at:].lstrip("`"))
            end = _closing(line, at + ticks, ticks)
            if end is not None:
                parts += [_escape_outside_code(line[plain:at]), _columns(line[at:end])]
                plain = end
            at = end if end is not None else at + ticks
        else:
            at += 1
    return "".join([*parts, _escape_outside_code(line[plain:])])


def _closing(line: str, start: int, ticks: int) -> int | None:
    """The end of a code span that this many backticks opened, behind the closing backticks; None if it never ends."""
    for run in re.finditer("`+", line[start:]):
        if len(run[0]) == ticks:
            return start + run.end()
    return None


def _escape_outside_code(text: str) -> str:
    """Text outside code spans, with everything unsafe escaped."""
    kept, at = [], 0
    for link in _AUTOLINK.finditer(text):
        kept += [_escaped(text[at : link.start()]), _columns(link[0])]
        at = link.end()
    return "".join([*kept, _escaped(text[at:])])


def _escaped(text: str) -> str:
    text = _OURS.sub(r"\\[", re.sub(r"(?<!\\)!\[", r"\\![", _TAG.sub(_tag, text)))
    return _columns(_TARGET.sub(_checked, text))


def _tag(found: re.Match[str]) -> str:
    before = found.string[: found.start()]
    escaped = (len(before) - len(before.rstrip("\\"))) % 2
    return "<" if escaped else r"\<"


def _checked(found: re.Match[str]) -> str:
    aim = re.sub(r"[\x00-\x20\\]", "", html.unescape(found[1]))
    unsafe = _SCHEME.match(aim) and not _SAFE.match(aim)
    return rf"]\({found[0][2:]}" if unsafe else found[0]


def _columns(text: str) -> str:
    """The text with every pipe escaped that would end a cell."""
    return re.sub(r"(\\*)\|", lambda found: found[0] if len(found[1]) % 2 else rf"{found[1]}\|", text)
