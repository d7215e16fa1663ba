"""Finds the sections of a postmortem by their topic, whatever a team calls them."""

import re

from collector.postmortem.lines import split
from collector.postmortem.page import Page, Section, page
from collector.postmortem.topics import TOPICS

_NESTED = re.compile(r"^(?:[ ]{4}|[ ]{0,3}\t)[ \t]*(?=(?:[-*+]|[0-9]{1,9}[.)])[ \t])", re.MULTILINE)


def readable(text: str) -> Page:
    """The page, including nested lists, which would be taken for indented code."""
    return page(_NESTED.sub("  ", text.removeprefix("\ufeff")))


def about(read: Page, *names: str) -> list[Section]:
    """The sections with a title about one of the topics `names`, and their subsections; not the title of the page."""
    title = title_of(read)
    found: list[Section] = []
    level = 0
    for section in read.sections:
        if section.level and section != title and any(TOPICS[name].search(section.title) for name in names):
            found.append(section)
            level = section.level
        elif level and section.level > level and not _other(section, names):
            found.append(section)
        else:
            level = 0
    return found


def title_of(read: Page) -> Section | None:
    """The heading of the whole page: the first one, unless others are as high and it names a topic."""
    headings = [section for section in read.sections if section.level]
    if not headings:
        return None
    first = headings[0]
    alone = all(each.level > first.level for each in headings[1:])
    return first if alone or not any(pattern.search(first.title) for pattern in TOPICS.values()) else None


def is_timeline(title: str) -> bool:
    """Whether this is the title of a timeline section."""
    return bool(TOPICS["timeline"].search(title))


def is_postmortem(read: Page) -> bool:
    """Whether any heading is typical of a postmortem."""
    return bool(about(read, *TOPICS))


def unclosed(text: str) -> int | None:
    """The line number of an unclosed code block or comment, which hides everything after it; None if there is none."""
    lines = [line.rstrip("\r\n") for line in split(text)]
    shown = readable(text).lines
    hidden = len(lines)
    while hidden and not shown[hidden - 1].strip():
        hidden -= 1
    # From the last visible line, because a comment may begin in the middle of it.
    for at in range(max(hidden - 1, 0), len(lines)):
        rest = lines[at:]
        fence = re.match(r"[ \t>]*(?:[-*+][ \t]+)*(`{3,}|~{3,})", rest[0])
        if fence:
            ends = any(re.fullmatch(rf"[ \t>]*{re.escape(fence[1])}+[ \t]*", line) for line in rest[1:])
            return None if ends else at + 1
        if "<!--" in rest[0] and "-->" not in "\n".join(rest).partition("<!--")[2]:
            return at + 1
    return None


def _other(section: Section, names: tuple[str, ...]) -> bool:
    """Whether a subsection is a timeline or a list of actions that `names` does not ask for."""
    wanted = {"timeline", "actions"} - set(names)
    return any(TOPICS[name].fullmatch(section.title.strip()) for name in wanted)
