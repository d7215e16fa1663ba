"""A postmortem as readers see it: sections and tables, without code, comments and front matter."""

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from collector.postmortem.lines import prose, split
from collector.postmortem.marker import END, START
from collector.postmortem.table import Table, find, key
from collector.postmortem.topics import bold_label, bold_title

_HEADING = re.compile(r" {0,3}(#{1,6})(?:\s+(.*?))?\s*#*\s*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)\s*$")
_LOWEST = 6
"""Level of a title that is only bold: below any heading."""
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


class Section(Struct, frozen=True):
    """The lines below a heading, or below a line in bold that names a topic, up to the next heading of any level."""

    title: str
    level: int
    """From 1; 0 for the lines before the first heading."""
    heading: int
    """Line index of the heading."""
    start: int
    end: int


class Page(Struct, frozen=True):
    """All lines, with invisible ones emptied, and the sections in order."""

    lines: tuple[str, ...]
    sections: tuple[Section, ...]
    generated: frozenset[int] = frozenset()
    """Indexes of the lines between the markers of a timeline, except table rows."""

    def tables(self, section: Section) -> Iterator[Table]:
        """The tables of a section, with line indexes of the page."""
        # Sliced only once, because a section may have thousands of tables.
        lines = self.lines[section.start : section.end]
        table = find(lines)
        while table is not None:
            yield replace(table, start=table.start + section.start, end=table.end + section.start)
            table = find(lines, table.end)

    def named(self, *words: str) -> list[Section]:
        """The sections with one of these words in the title, and their subsections."""
        found: list[Section] = []
        level = 0
        for section in self.sections:
            if any(word in section.title.casefold() for word in words):
                found.append(section)
                level = section.level
            elif level and section.level > level:
                found.append(section)
            else:
                level = 0
        return found


def page(text: str) -> Page:
    """Read a document."""
    code_free = dict(prose(split(text)))
    count = len(split(text))
    shown = "\n".join(code_free.get(at, "") for at in range(count))
    # A comment is replaced by as many line breaks as it had, so that line indexes stay the same.
    shown = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), shown)
    lines = tuple(shown.split("\n"))
    return Page(lines, tuple(_sections(lines)), frozenset(_between_markers(code_free)))


def _between_markers(lines: Mapping[int, str]) -> Iterator[int]:
    inside = False
    for at, line in lines.items():
        inside = (inside or bool(START.match(line))) and not END.match(line)
        if inside and not line.lstrip().startswith("|"):
            yield at


def column(table: Table, *words: str) -> int | None:
    """The first column with one of these words in its header."""
    headers = [key(header).casefold() for header in table.columns]
    return next((at for at, header in enumerate(headers) if any(word in header for word in words)), None)


def _sections(lines: Sequence[str]) -> Iterator[Section]:
    title, level, heading, start = "", 0, 0, 0
    below_bold = False
    for at, line in enumerate(lines):
        found = _HEADING.match(line)
        under = _UNDERLINE.match(lines[at + 1]) if at + 1 < len(lines) else None
        setext = under is not None and bool(line.strip()) and "|" not in line and (not at or not lines[at - 1].strip())
        bold = "" if found or setext else bold_title(line)
        # After `- **Timeline**`, a line such as `- **Time to repair**: 15 min` belongs to it no more.
        label = "" if found or setext or bold or not below_bold else bold_label(line)
        if not found and not setext and not bold and not label:
            continue
        yield Section(title, level, heading, start, at)
        title = bold or label or ((found[2] or "") if found else line.strip())
        below_bold = bool(bold or label)
        level = _LOWEST if below_bold else len(found[1]) if found else 1 if under and under[1].startswith("=") else 2
        heading, start = at, at + (2 if setext else 0 if label else 1)
    yield Section(title, level, heading, start, len(lines))
