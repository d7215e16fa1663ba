"""The labelled values of a postmortem: front matter, `**Date:** 2026-04-01`, two-column tables, short headings."""

import re
import tomllib
from collections.abc import Iterator, Mapping

from msgspec import Struct

from collector.postmortem.lines import split
from collector.postmortem.page import Page, Section
from collector.postmortem.recurrences.sections import about
from collector.postmortem.table import key

_LINE = re.compile(
    r"\s*(?:[-*+]\s+)?(?:\*\*|__)?(?P<name>[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f /()_-]{1,40}?)\s*"
    r"(?::(?:\*\*|__)?|(?:\*\*|__):)\s*(?P<value>\S.*)$"
)
_GERMAN = {
    "datum": "date",
    "dienst": "service",
    "dienste": "services",
    "betroffener dienst": "affected service",
    "betroffene dienste": "affected services",
    "ausl\u00f6ser": "trigger",
    "komponente": "component",
    "dauer": "duration",
    "beginn": "start",
    "ende": "end",
}
_FENCES = {"---": "---", "+++": "+++"}
_HEADING_WORDS = 4


class Value(Struct, frozen=True):
    """A value and its line number, from 1."""

    text: str
    line: int


Fields = Mapping[str, tuple[Value, ...]]
"""The values by name, in the form that `plain` returns."""


def fields(text: str, read: Page) -> tuple[Fields, list[tuple[int, str]]]:
    """All labelled values, the most explicit labels first, and the unreadable parts as line and reason."""
    found: dict[str, list[Value]] = {}
    front, unread = _front_matter(text)
    used = {line for section in about(read, "timeline", "actions") for line in range(section.start, section.end)}
    for name, value in (*front, *_lines(read, used), *_tables(read, used), *_headings(read)):
        found.setdefault(plain(name), []).append(value)
    return {name: tuple(values) for name, values in found.items()}, unread


def first(known: Fields, *names: str) -> tuple[Value, ...]:
    """The values of the first of these names that is present."""
    return next((known[name] for name in names if name in known), ())


def plain(name: str) -> str:
    """The name in the form used for look-ups: `Start time (UTC)` becomes `start time`, German names become English."""
    name = re.sub(r"\([^)]*\)", " ", key(name).strip("*_`: "))
    name = " ".join(re.sub(r"[_/-]", " ", name).casefold().split())
    return _GERMAN.get(name, name)


def _front_matter(text: str) -> tuple[list[tuple[str, Value]], list[tuple[int, str]]]:
    lines = [line.rstrip() for line in split(text.removeprefix("\ufeff"))]
    if not lines or lines[0] not in _FENCES:
        return [], []
    ends = (at for at, line in enumerate(lines) if at and line in (lines[0], "..."))
    end = next(ends, None)
    if end is None:
        return [], [(1, "the front matter has no end")] if lines[0] == "+++" else []
    try:
        content = _decoded("\n".join(lines[1:end]), lines[0])
    except (ValueError, RecursionError) as error:
        return [], [(1, f"the front matter cannot be read ({type(error).__name__})")]
    if not isinstance(content, dict):
        return [], [(1, "the front matter has no names and values")] if content is not None else []
    names = {plain(line.partition(":" if lines[0] == "---" else "=")[0]): at for at, line in enumerate(lines[:end], 1)}
    return [
        (str(name), Value(str(value), names.get(plain(str(name)), 1)))
        for name, values in _flat(content)
        if isinstance(name, str)
        for value in (values if isinstance(values, list) else [values])
        if value is not None and not isinstance(value, (dict, list))
    ], []


def _flat(content: Mapping[object, object]) -> Iterator[tuple[object, object]]:
    """The names and values of the front matter; those of inner tables, such as `[extra]`, come after the rest."""
    yield from content.items()
    yield from (pair for inner in content.values() if isinstance(inner, dict) for pair in inner.items())


def _decoded(body: str, fence: str) -> object:
    if fence == "+++":
        return tomllib.loads(body)
    import yaml

    try:
        # All values as text, because YAML would read 14:03 as the number 843.
        return yaml.BaseLoader(body).get_single_data()
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


def _lines(read: Page, used: set[int]) -> Iterator[tuple[str, Value]]:
    for at, line in enumerate(read.lines):
        found = _LINE.match(line) if at not in used and "|" not in line else None
        if found:
            yield found["name"], Value(key(found["value"]).strip(), at + 1)


def _tables(read: Page, used: set[int]) -> Iterator[tuple[str, Value]]:
    """The first two cells of each row, header included: a label and its value."""
    for section in read.sections:
        for table in read.tables(section) if section.start not in used else ():
            rows = [(table.start + 1, table.columns), *enumerate(table.rows, table.start + 3)]
            yield from ((row[0], Value(key(row[1]), line)) for line, row in rows if len(row) > 1 and row[1])


def _headings(read: Page) -> Iterator[tuple[str, Value]]:
    for section in read.sections:
        # A label in bold has its value on its own line, see `_lines`.
        own_line = section.start > section.heading
        if own_line and section.level and len(section.title.split()) <= _HEADING_WORDS:
            yield from ((section.title, Value(text, line)) for line, text in _paragraph(read, section))


def _paragraph(read: Page, section: Section) -> Iterator[tuple[int, str]]:
    """The lines below a heading, up to the first empty one after text; list items without their bullets."""
    begun = False
    for at in range(section.start, section.end):
        text = key(re.sub(r"^\s*(?:[-*+]|[0-9]{1,9}[.)])\s+", "", read.lines[at]))
        if text and "|" not in text:
            begun = True
            yield at + 1, text
        elif begun:
            return
