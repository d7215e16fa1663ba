"""A row of the table: a step of a story in words, with the evidence that it rests on."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from collector.event import Event, Kind, order
from collector.merge import Occurrence

MAX_ROW_LENGTH = 140
"""Maximum characters of a row: two lines of a table, beside time and evidence, on a page 900 pixels wide."""
MIN_QUOTE_LENGTH = 30
"""A quote is not cut below this many characters, however long the rest is."""


class WordKind(StrEnum):
    """The kind of a Word, by which formats, time zones and readers treat it."""

    TEXT = "text"
    SERVICE = "service"
    VERSION = "version"
    ACTOR = "actor"
    NUMBER = "number"
    TIME = "time"
    NAME = "name"
    """The name of an alert, a node, a workload or a CI run."""
    QUOTE = "quote"
    """Text that a system or a person wrote, verbatim."""


class Word(Struct, frozen=True):
    """A part of the text of a row; the parts are joined without separators."""

    text: str
    """Not yet escaped for any format."""
    kind: WordKind = WordKind.TEXT
    moment: datetime | None = None
    """For a TIME: the instant, in UTC."""
    detail: bool = False
    """Left out of tables and kept where there is room: a commit, a peak."""
    implied: bool = False
    """Clear from the caption if the whole table is about one service."""


class Evidence(Struct, frozen=True):
    """Where a reader can check a row."""

    source: str
    """Name of the source."""
    url: str
    """Page to open; empty if the system has none."""
    query: str
    """Query or API path that gave the evidence; may be empty."""
    label: str
    """Short name to print for it."""


class Plot(Struct, frozen=True):
    """A series to draw beside a row."""

    source: str
    """Name of the source."""
    measure: str
    """The measured quantity: `5xx ratio` (a fraction of 1), `requests/s`."""
    points: tuple[tuple[float, float], ...]
    """Unix seconds and value, in order, down-sampled."""


class Row(Struct, frozen=True):
    """One line of the table."""

    id: str
    """Stable: derived from the story and the step, not from the evidence."""
    at: datetime
    """The time to print, in UTC: that of the step in the words."""
    end: datetime | None
    """When it ended, for rows about something that lasted; in UTC."""
    words: tuple[Word, ...]
    kind: Kind
    service: str
    """Empty if the row belongs to no service."""
    occurrences: tuple[Occurrence, ...]
    story: str = ""
    """Id of its story; of the first story if it is about several."""
    earliest: datetime | None = None
    latest: datetime | None = None
    """`earliest` to `latest`: the interval in which it happened, in UTC; None if that is `at` alone."""

    @property
    def text(self) -> str:
        """The words as one plain line, not yet escaped for any format."""
        return "".join(word.text for word in self.words)

    def brief(self, *, implied: bool) -> str:
        """The words without details, for a table. `implied`: the table has one service, so leave out implied words too.

        Quotes are cut if the row would be longer than LONGEST; notes of people are not.
        """
        words = [word for word in self.words if not word.detail]
        # The cut does not depend on `implied`, so a row reads the same wherever it is quoted.
        texts = _shortened(words) if self.kind != Kind.NOTE else [word.text for word in words]
        kept = [at for at, word in enumerate(words) if not (implied and word.implied)]
        begins = bool(kept) and words[kept[0]] is self.words[0]
        line = "".join(texts[at] for at in kept)
        return line if begins else capitalized(line)

    @property
    def events(self) -> tuple[Event, ...]:
        """The Events that it rests on, each once and in order."""
        events = {id(event): event for one in self.occurrences for event in one.events}
        return tuple(sorted(events.values(), key=order))

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the sources that saw it, sorted."""
        return tuple(sorted({event.source for event in self.events}))

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The places to check it, each once: pages before queries, in the order of the Events."""
        events = self.events
        found = dict.fromkeys(
            Evidence(event.source, event.url, event.query, _label(event)) for event in events if event.url
        )
        found |= dict.fromkeys(
            Evidence(event.source, "", event.query, _label(event)) for event in events if not event.url and event.query
        )
        return tuple(found)

    @property
    def notes(self) -> tuple[Event, ...]:
        """The notes in full, if the row has several: its words contain only their beginnings."""
        found = tuple(event for event in self.events if event.kind == Kind.NOTE)
        return found if len(found) > 1 else ()

    @property
    def plots(self) -> tuple[Plot, ...]:
        """The series that show it, each once."""
        drawn = (Plot(event.source, event.keys.measure, event.plot) for event in self.events if event.plot)
        return tuple(dict.fromkeys(drawn))


def fits(words: Iterable[Word]) -> bool:
    """Whether a row of these words is short enough for a table, without their details."""
    return sum(len(word.text) for word in words if not word.detail) <= MAX_ROW_LENGTH


def _shortened(words: Sequence[Word]) -> list[str]:
    """The texts, with the longest quotes cut until all texts fit into LONGEST or no quote can be cut further."""
    texts = [word.text for word in words]
    over = sum(map(len, texts)) - MAX_ROW_LENGTH
    quotes = [at for at, word in enumerate(words) if word.kind == WordKind.QUOTE]
    for at in sorted(quotes, key=lambda at: -len(texts[at])):
        if over > 0:
            whole = texts[at]
            texts[at] = _cut(whole, max(MIN_QUOTE_LENGTH, len(whole) - over))
            over -= len(whole) - len(texts[at])
    return texts


def _cut(text: str, most: int) -> str:
    """At most `most` characters of the text: its beginning, and its end, where a message has its cause."""
    if len(text) <= most:
        return text
    room = most - 3
    head, tail = text[: room // 2], text[len(text) - (room - room // 2) :]
    head = head[: head.rfind(" ")] if " " in head[len(head) // 2 :] else head
    tail = tail[tail.find(" ") + 1 :] if " " in tail[: len(tail) // 2] else tail
    return f"{head.rstrip(' ,;:(')} \N{HORIZONTAL ELLIPSIS} {tail.lstrip()}"


def distinct(occurrences: Iterable[Occurrence]) -> tuple[Occurrence, ...]:
    """Each Occurrence once, in order of time."""
    return tuple(sorted({id(one): one for one in occurrences}.values(), key=lambda one: order(one.best)))


def _label(event: Event) -> str:
    if event.keys.run_number and event.url:
        return f"{event.source} run {event.keys.run_number}"
    return event.source


def capitalized(text: str) -> str:
    """The text with a capital letter first, unless the first word has one further on: `gRPC` stays as it is."""
    first = text.partition(" ")[0]
    return text if first[1:] != first[1:].lower() else text[:1].upper() + text[1:]
