"""The lines of a Markdown document, and which of them are text rather than code or front matter."""

import re
from collections.abc import Iterator, Sequence

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)*(`{3,}(?=[^`]*$)|~{3,})(.*)$")
_ITEM = re.compile(r"([ \t]*)(?:[-*+]|[0-9]{1,9}[.)])[ \t]")
_SPAN = re.compile(r"(?<![\dT:.])(?P<start>[0-9]{1,2}:[0-9]{2})-(?P<end>[0-9]{1,2}:[0-9]{2})(?![\d:])")
SYMBOL = r"(?:[\u2022\u00b7\u2190-\u23e8\u23fb-\u2bff\U0001f000-\U0001faff][\ufe0f\u200d]*|:[a-z][a-z0-9_+-]*:)"
"""What decorates a line: a bullet, an arrow, an emoji, as itself or by its name."""


def split(text: str) -> list[str]:
    """The lines with their line ends, LF or CR LF. Joined together they are `text`."""
    return _LINE.findall(text)


def newline(lines: Sequence[str]) -> str:
    """The line end of most lines: LF or CR LF."""
    crlf = sum(line.endswith("\r\n") for line in lines)
    return "\r\n" if crlf * 2 > sum(line.endswith("\n") for line in lines) else "\n"


def prose(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Index and text, without its line end, of each line that is neither front matter nor code.

    A line indented by four is code only if it neither goes on with a paragraph nor belongs to a list item (CommonMark
    0.31, 4.4 and 5.2).
    """
    fence, body = "", _front_matter(lines)
    # Where the text of the list item begins that the lines belong to.
    content = 0
    paragraph = False
    for at, line in enumerate(lines[body:], body):
        text = line.rstrip("\r\n")
        found = _FENCE.match(text)
        if fence:
            if found and found[1].startswith(fence) and not found[2].strip():
                fence = ""
            paragraph = False
            continue
        if found:
            fence = found[1]
            continue
        shown = text.expandtabs(4)
        indent = len(shown) - len(shown.lstrip())
        if text.strip() and not (indent < content + 4 or paragraph):
            continue
        yield at, text
        paragraph = bool(text.strip()) and not text.lstrip().startswith("#")
        if item := _ITEM.match(shown):
            content = len(item[0])
        elif paragraph and not indent:
            content = 0


def without_spans(text: str) -> str:
    """The text, as long as before, with a dash in spans such as `10:00-17:00`, whose end looks like an offset from UTC.

    A later first time, as in `10:00-05:00`, has an offset.
    """
    return _SPAN.sub(lambda found: found[0].replace("-", "\u2013") if _ordered(found) else found[0], text)


def _ordered(span: re.Match[str]) -> bool:
    return span["start"].zfill(5) < span["end"].zfill(5)


def outermost(lines: Sequence[str]) -> int:
    """The indentation of the outermost list items, in characters; 0 without a list.

    It is not 0 where the title of the list is itself an item, as in `- **Actions**`.
    """
    return min((len(found[1]) for line in lines if (found := _ITEM.match(line))), default=0)


def indented(line: str, than: int) -> bool:
    """Whether the line is indented by more than so many characters."""
    return line[: than + 1].isspace()


def _front_matter(lines: Sequence[str]) -> int:
    """The number of lines that the front matter has."""
    if not lines or lines[0].lstrip("\ufeff").rstrip() != "---":
        return 0
    ends = (at for at, line in enumerate(lines) if at and line.rstrip() in ("---", "..."))
    return next(ends, -1) + 1
