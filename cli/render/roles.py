"""A timeline with roles in place of people's names, for a blameless postmortem.

This does not anonymize: linked pages still show the names, and so does the middle of a note if no system and no other
note has the name.
"""

import re
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from cli.render.people import people
from collector.event import Event
from collector.merge import Occurrence
from collector.result import Decision, Phase, Timeline
from collector.row import Row


def as_roles(timeline: Timeline) -> Timeline:
    """The same rows, times and evidence, with a role in place of each name."""
    # People in the table come first, so that they get the lowest numbers.
    shown = [event for row in timeline.rows for event in row.events]
    decided = [event for one in timeline.decisions for event in one.occurrence.events]
    return _Renamed(people([*shown, *decided, *timeline.silent])).timeline(timeline)


_BETWEEN = re.compile(r"[ ._-]")


class _Renamed:
    """Replaces names in a timeline. Each object is renamed once, so that a row and its decision share their Events."""

    def __init__(self, aliases: Mapping[str, str]) -> None:
        self._text = _renaming(aliases)
        self._events: dict[int, Event] = {}
        self._occurrences: dict[int, Occurrence] = {}

    def timeline(self, made: Timeline) -> Timeline:
        """The whole timeline with names replaced."""
        return replace(
            made,
            rows=tuple(map(self._row, made.rows)),
            left_out=tuple(map(self._text, made.left_out)),
            phases=self._phases(made.phases),
            other_phases=tuple(map(self._phases, made.other_phases)),
            links=tuple(replace(one, reasons=tuple(map(self._text, one.reasons))) for one in made.links),
            decisions=tuple(map(self._decision, made.decisions)),
            silent=tuple(map(self._event, made.silent)),
            elsewhere=tuple(map(self._event, made.elsewhere)),
        )

    def _phases(self, phases: tuple[Phase, ...]) -> tuple[Phase, ...]:
        return tuple(replace(one, found_by=self._text(one.found_by)) for one in phases)

    def _row(self, row: Row) -> Row:
        words = tuple(replace(word, text=self._text(word.text)) for word in row.words)
        return replace(row, words=words, occurrences=tuple(map(self._occurrence, row.occurrences)))

    def _decision(self, one: Decision) -> Decision:
        return one._replace(occurrence=self._occurrence(one.occurrence), because=self._text(one.because))

    def _occurrence(self, one: Occurrence) -> Occurrence:
        if id(one) not in self._occurrences:
            made = Occurrence(self._event(one.best), tuple(map(self._event, one.events)))
            self._occurrences[id(one)] = made
        return self._occurrences[id(one)]

    def _event(self, event: Event) -> Event:
        if id(event) not in self._events:
            texts = {name: self._text(getattr(event, name)) for name in ("summary", "actor", "description", "reason")}
            self._events[id(event)] = replace(event, **texts)
        return self._events[id(event)]


def _renaming(aliases: Mapping[str, str]) -> Callable[[str], str]:
    """A function that replaces each whole-word name by its role, including a role in brackets after the name."""
    known = {_bare(name): alias for name, alias in aliases.items()}
    if not known:
        return lambda text: text
    # Systems spell a name differently: Maria Ortiz, maria-ortiz, maria.ortiz.
    spelled = (_BETWEEN.sub("\0", name) for name in sorted(aliases, key=lambda name: (-len(name), name)))
    names = "|".join(re.escape(name).replace(re.escape("\0"), f"{_BETWEEN.pattern}?") for name in spelled)
    roles = "|".join(re.escape(role) for role in sorted(set(known.values()), key=lambda role: (-len(role), role)))
    pattern = re.compile(rf"(?<![\w-])@?({names})(?: \((?:{roles})\))?(?![\w-])", re.IGNORECASE)

    def replaced(found: re.Match[str]) -> str:
        alias = known[_bare(found[1])]
        return alias[:1].upper() + alias[1:] if found.start() == 0 and len(found.string) > len(found[0]) else alias

    return lambda text: pattern.sub(replaced, text)


def _bare(name: str) -> str:
    return _BETWEEN.sub("", name).casefold()
