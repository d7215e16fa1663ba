"""Sentences of typed words, and the row that is made of one."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo

from collector.event import Kind
from collector.merge import Occurrence
from collector.row import Row, Word, WordKind, distinct
from collector.services.service import Service
from collector.stories.story import Story
from collector.wording.numbers import clock

Words = tuple[Word, ...]
APART = timedelta(seconds=30)
"""From so far apart on, two times of one row are both worth printing."""


def text(string: str) -> Words:
    """Plain words; none for an empty text."""
    return (Word(string),) if string else ()


def word(string: str, kind: WordKind) -> Words:
    """One typed word; none for an empty text."""
    return (Word(string, kind),) if string else ()


def version(string: str) -> Words:
    """A version as people search for it."""
    return word(string, WordKind.VERSION)


def number(string: str) -> Words:
    """A number with its unit."""
    return word(string, WordKind.NUMBER)


def name(string: str) -> Words:
    """The name of an alert, a node, a run."""
    return word(string, WordKind.NAME)


def quote(string: str) -> Words:
    """What a system or a person wrote."""
    return word(string, WordKind.QUOTE)


def by(actor: str) -> Words:
    """`by dana`; nothing if nobody knows."""
    return (Word("by "), Word(actor, WordKind.ACTOR)) if actor else ()


def time(moment: datetime, tz: tzinfo) -> Words:
    """The minute of an instant, in the zone to print."""
    return (Word(clock(moment, tz), WordKind.TIME, moment),)


def service(one: Service, *, apart: Sequence[str] = ()) -> Words:
    """The service, with its environment where that serves no users, else with what tells it from others of its name.

    `apart` names the fields of a Service that do: `cluster`, `namespace`.
    """
    words = word(one.name, WordKind.SERVICE)
    if words and one.lower:
        words += (Word(f" ({one.environment})"),)
    elif words and (place := "/".join(filter(None, (getattr(one, field) for field in apart)))):
        words += (Word(f" in {place}"),)
    return words


def joined(separator: str, parts: Iterable[Words]) -> Words:
    """The parts that are not empty, with the separator between."""
    found: list[Word] = []
    for part in parts:
        if part:
            found += [Word(separator), *part] if found else part
    return tuple(found)


def sentence(*parts: Words) -> Words:
    """The parts with a space between."""
    return joined(" ", parts)


def listing(*parts: Words) -> Words:
    """The parts with commas between."""
    return joined(", ", parts)


def with_details(main: Words, details: Words) -> Words:
    """`main: details`."""
    return (*main, Word(": "), *details) if details else main


def plain(words: Words) -> str:
    """The words as text."""
    return "".join(one.text for one in words)


def capital(words: Words) -> Words:
    """The same, with a capital letter first."""
    if not words:
        return words
    first = words[0]
    return (Word(first.text[:1].upper() + first.text[1:], first.kind, first.moment), *words[1:])


def row(
    story: Story,
    step: str,
    kind: Kind,
    words: Words,
    occurrences: Iterable[Occurrence],
    *,
    at: datetime | None = None,
    end: datetime | None = None,
    exact: Occurrence | None = None,
) -> Row:
    """A row about one step of a story; its time is `at`, else that of `exact`, else that of the first Occurrence."""
    ours = distinct(occurrences)
    shown = exact or ours[0]
    moment = at or shown.best.at
    inside = shown.best.earliest <= moment <= shown.best.latest
    earliest, latest = (shown.best.earliest, shown.best.latest) if inside else (moment, moment)
    return Row(row_id(story, step), moment, end, words, kind, story.service.name, ours, story.id, earliest, latest)


def row_id(story: Story, step: str) -> str:
    """The id of the row about a step of a story."""
    return hashlib.sha256(f"{story.id}\0{step}".encode()).hexdigest()[:12]


def occurrence_id(one: Occurrence) -> str:
    """The id of what is no step of a story: from what its source calls it."""
    best = one.best
    return hashlib.sha256(f"{best.source}\0{best.kind}\0{best.native_id}".encode("utf-8", "replace")).hexdigest()[:12]
