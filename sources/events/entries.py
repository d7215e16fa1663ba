"""The records for `read`: decoded, in order of time, each once."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from collector.source import BadAnswer, Document, Gap, each
from sources.events.cdevents import CdEvent, cdevent
from sources.events.items import Item, item
from sources.events.settings import EventsSettings, Meaning
from sources.fact import Moment


class Entry(NamedTuple):
    """One record."""

    when: Moment
    file: str
    line: int
    item: Item
    meaning: Meaning | None
    """None if the meaning of its kind is unknown."""
    event: CdEvent | None
    """Further fields if the record is a CDEvent."""

    @property
    def origin(self) -> str:
        """File and line, for people."""
        return f"{self.file}:{self.line}"


def entries(documents: Iterable[Document], settings: EventsSettings) -> tuple[list[Entry], list[Gap]]:
    """All records, and the Gaps for parts of the files that are no records."""
    found: list[Entry] = []
    gaps: list[Gap] = []
    for document in documents:
        try:
            content = document.json()
        except BadAnswer as error:
            gaps.append(Gap(error.reason, error.hint))
            continue
        if not isinstance(content, dict):
            gaps.append(Gap(f"{document.call}: expected an object, got {type(content).__name__}"))
        elif document.call == "file":
            gaps += _of_file(content)
        else:
            for one in each(content.get("records"), partial(_entry, content.get("file"), settings), "records"):
                if isinstance(one, Gap):
                    gaps.append(one)
                else:
                    found.append(one)
    found.sort(key=lambda one: (one.when, one.file, one.line, repr(one)))
    # A copy of an event in another file has the same id, which every CDEvent must have.
    distinct = {(one.item.id, one.event.name) if one.event else one.origin: one for one in reversed(found)}
    return sorted(distinct.values(), key=lambda one: (one.when, one.file, one.line)), gaps


def _entry(file: object, settings: EventsSettings, one: Any) -> Iterator[Entry]:
    when = Moment(_utc(one["at"]), _utc(one["latest"]))
    if when.latest < when.earliest or isinstance(one["line"], bool) or not isinstance(one["line"], int):
        raise ValueError("a record has a line and a time")
    name = file if isinstance(file, str) else ""
    if "cdevent" in one:
        event = cdevent(one["cdevent"])
        if event is None:
            kind = one["cdevent"]["context"]["type"]
            yield Entry(when, name, one["line"], Item(kind=str(kind)), None, None)
        else:
            yield Entry(when, name, one["line"], event.item, event.meaning, event)
        return
    known = item(one["fields"])
    yield Entry(when, name, one["line"], known, settings.meaning(known.kind), None)


def _utc(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or not 1990 <= at.year < 2300:
        raise ValueError("a time has a zone")
    return at.astimezone(UTC)


def _of_file(content: dict[str, Any]) -> Iterator[Gap]:
    file, bad, count = content.get("file"), content.get("bad"), content.get("bad_count")
    if isinstance(count, int) and count > 0:
        named = [each for each in (bad if isinstance(bad, list) else []) if isinstance(each, list) and len(each) == 2]
        shown = ", ".join(f"line {number} {why}" for number, why in named)
        more = f", and {count - len(named)} more" if count > len(named) else ""
        lines = (
            "1 line is no event and was left out" if count == 1 else f"{count} lines are no events and were left out"
        )
        yield Gap(f"{file}: {lines}: {shown}{more}")
    naive, zone = content.get("naive"), content.get("zone")
    if isinstance(naive, int) and naive > 0:
        times = "1 time has" if naive == 1 else f"{naive} times have"
        yield Gap(
            f"{file}: {times} no zone and {'was' if naive == 1 else 'were'} read in {zone}", "set `tz` if it is another"
        )
