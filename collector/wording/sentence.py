"""Sentences of typed words, and the row that is made of one."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo

from msgspec.structs import replace

from collector.event import Kind
from collector.merge import Occurrence
from collector.people import spoken
from collector.row import Row, Word, WordKind, capitalized, distinct
from collector.services.service import Service
from collector.stories.story import Story
from collector.wording.numbers import clock

Words = tuple[Word, ...]
APART = timedelta(seconds=30)
"""Two times in one row are both worth printing if at least this far apart."""


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
    """Text that a system or a person wrote."""
    return word(string, WordKind.QUOTE)


def by(actor: str) -> Words:
    """`by dana`; empty if unknown."""
    return (Word("by "), Word(spoken(actor), WordKind.ACTOR)) if actor else ()


def time(moment: datetime, tz: tzinfo) -> Words:
    """The minute of an instant, in the zone to print."""
    return (Word(clock(moment, tz), WordKind.TIME, moment),)


def span(first: datetime, last: datetime, tz: tzinfo) -> Words:
    """`14:02 to 14:05`; a single time if both are in one minute."""
    if clock(first, tz) == clock(last, tz) and abs(last - first) < timedelta(hours=1):
        return time(first, tz)
    return sentence(time(first, tz), text("to"), time(last, tz))


def service(one: Service, *, distinguished_by: Sequence[str] = ()) -> Words:
    """The service, with its environment if that serves no users, else with its place if others have the same name.

    `distinguished_by` names the fields of a Service that distinguish them: `cluster`, `namespace`.
    """
    return sentence(word(one.name, WordKind.SERVICE), place(one, distinguished_by=distinguished_by))


def place(one: Service, *, distinguished_by: Sequence[str] = ()) -> Words:
    """`(staging)`, `in shop`: what `service` adds to the name."""
    if one.name and one.serves_no_users:
        return text(f"({one.environment})")
    there = "/".join(filter(None, (getattr(one, field) for field in distinguished_by)))
    return text(f"in {there}") if one.name and there else ()


def detail(words: Words) -> Words:
    """The same words, marked as a detail that a table leaves out."""
    return tuple(replace(one, detail=True) for one in words)


def implied(words: Words) -> Words:
    """The same words, marked as clear if the table is about a single service."""
    return tuple(replace(one, implied=True) for one in words)


def joined(separator: str, parts: Iterable[Words]) -> Words:
    """The parts that are not empty, with the separator between."""
    found: list[Word] = []
    for part in parts:
        if part and found:
            # The separator is needed only if both sides are.
            of = part if all(one.detail or one.implied for one in part) else found if not _kept(found) else ()
            found.append(Word(separator, detail=any(one.detail for one in of), implied=any(one.implied for one in of)))
        found += part
    return tuple(found)


def in_brackets(*parts: Words, separator: str = "; ") -> Words:
    """` (the parts)`, brackets included, with the separator between; nothing if there are no parts."""
    inner = joined(separator, parts)
    if not inner:
        return ()
    opening, closing = Word(" ("), Word(")")
    if all(one.detail for one in inner):
        opening, closing = replace(opening, detail=True), replace(closing, detail=True)
    return (opening, *inner, closing)


def _kept(words: Sequence[Word]) -> bool:
    return any(not one.detail and not one.implied for one in words)


def sentence(*parts: Words) -> Words:
    """The parts with a space between."""
    return joined(" ", parts)


def listing(*parts: Words) -> Words:
    """The parts with commas between."""
    return joined(", ", parts)


def with_details(main: Words, details: Words) -> Words:
    """`main: details`."""
    if not details:
        return main
    return (*main, Word(": ", detail=not _kept(details)), *details)


def plain(words: Words) -> str:
    """The words as text."""
    return "".join(one.text for one in words)


def capital(words: Words) -> Words:
    """The same, with a capital letter first."""
    if not words:
        return words
    first = words[0]
    return (replace(first, text=capitalized(first.text)), *words[1:])


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
    """The id of a row about an Occurrence outside of all stories, from its id in the source."""
    best = one.best
    return hashlib.sha256(f"{best.source}\0{best.kind}\0{best.native_id}".encode("utf-8", "replace")).hexdigest()[:12]
