"""The meaning of the entries: a flag turned on or off, its values or overrides changed, or no effect on users."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

from collector.event import Event, Identity
from collector.source import BadAnswer, Document, Gap, each
from collector.window import Window
from sources.fact import Moment, report
from sources.flag_facts import OFF, ON, Author, Flag, flag_changed, flag_mentioned, numbers
from sources.flag_log import LEAD
from sources.flag_log import entries as items
from sources.flagsmith.entries import VERSION, Meaning, hand, is_of_flags, meaning, name_of, when
from sources.flagsmith.settings import FlagsmithSettings


class _Entry(NamedTuple):
    id: int
    when: Moment
    meaning: Meaning | None
    log: str
    project: str
    environment: str
    by: Author
    asked: str


def read(
    documents: Iterable[Document], window: Window, source: str, settings: FlagsmithSettings
) -> Iterator[Event | Gap]:
    """An Event for each entry about a flag or segment, in order of time; a Gap that counts entries not understood.

    The log is not limited in time, so entries outside the window and the time around it are ignored.
    """
    found: dict[int, _Entry] = {}
    states: dict[int, str] = {}
    wide = window.widened(lead=LEAD, tail=LEAD)
    for document in documents:
        try:
            if document.call == "details":
                states |= _state(document.json())
                continue
            listed = items(document, "results")
        except BadAnswer as error:
            yield Gap(error.reason, error.hint)
            continue
        for one in each(listed, partial(_entry, document.asked), "audit"):
            if isinstance(one, Gap):
                yield one
            elif wide.overlaps(one.when.earliest, one.when.latest):
                found[one.id] = min(found.get(one.id, one), one, key=repr)
    ordered = sorted(found.values(), key=lambda one: (one.when, one.id))
    for one in ordered:
        elsewhere = settings.environments and one.environment and one.environment not in settings.environments
        if one.meaning is not None and not elsewhere:
            yield _event(one, one.meaning, states.get(one.id, ""), source, settings)
    versions = sorted({one.meaning.flag for one in ordered if one.meaning is not None and one.meaning.how == VERSION})
    if versions:
        names = ", ".join(versions[:3]) + (" and more" if versions[3:] else "")
        reason = f"what is new in the published versions of {names} was not asked: whether they are on, and for whom"
        yield Gap(reason, "see the history of the feature in Flagsmith")
    unknown = [one for one in ordered if one.meaning is None]
    if unknown:
        yield Gap(f'audit: {len(unknown)} entries are not understood and were left out, the first "{unknown[0].log}"')


def _entry(asked: str, item: Any) -> Iterator[_Entry]:
    at, id_ = when(item), item["id"]
    if at is None or not isinstance(id_, int) or isinstance(id_, bool):
        raise ValueError("an entry has an id and a time")
    known = meaning(item)
    if known is not None or is_of_flags(item):
        project, environment = name_of(item, "project"), name_of(item, "environment")
        yield _Entry(id_, at, known, item["log"][:100], project, environment, hand(item), asked)


def _state(item: Any) -> dict[int, str]:
    """Whether the flag was turned on or off, by the id of the entry, if its details show it."""
    details = item.get("change_details") if isinstance(item, dict) else None
    for change in details if isinstance(details, list) else ():
        if isinstance(change, dict) and change.get("field") == "enabled" and isinstance(change.get("new"), bool):
            id_ = item.get("id")
            return {id_: ON if change["new"] else OFF} if isinstance(id_, int) else {}
    return {}


def _event(one: _Entry, known: Meaning, state: str, source: str, settings: FlagsmithSettings) -> Event:
    flag = Flag(known.flag, settings.service_of(known.flag, one.project), one.environment)
    how = state or known.how
    return report(
        (flag_changed if known.changing else flag_mentioned)(flag, how, one.by),
        one.when,
        source=source,
        native_id=f"audit/{one.id}",
        keys=Identity(flag=known.flag),
        numbers=numbers(how, one.by),
        actor=one.by.name,
        query=one.asked,
    )
