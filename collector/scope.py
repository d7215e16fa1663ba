"""The scope of a timeline: the user's choices, and the configured names and clock offsets."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta

from msgspec import Struct, field

from collector.errors import UsageError
from collector.request import Request

_OFFSET = re.compile(r"(?P<source>[^=\s]+)=(?P<number>[+-]?\d{1,9}(?:\.\d{1,6})?)\s*(?P<unit>ms|s|m|h)", re.ASCII)
_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
}


class Scope(Struct, frozen=True):
    """What to show. Empty means everything that belongs to the incident."""

    services: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    full: bool = False
    """Whether to also show everything that has no row of its own in the summary."""
    pins: frozenset[str] = frozenset()
    """Ids of rows or stories that must have rows."""
    drops: frozenset[str] = frozenset()
    """Ids of rows or stories that shall have none."""
    asked: frozenset[str] = frozenset()
    """Of both those that the request names; the others are of the configuration, and may be about other incidents."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Maps other names, or repositories, to the name of the service."""
    clock_offsets: Mapping[str, timedelta] = field(default_factory=dict)
    """The offset to add to the times of each source."""


def scope_of(request: Request, sources: Iterable[str], known: Scope | None = None) -> Scope:
    """The scope of a request, which adds to `known`, the scope of the configuration or bundle.

    Raises UsageError for an invalid offset, or one of a source that is not among `sources`.
    """
    known = known or Scope()
    offsets = {**known.clock_offsets, **clock_offsets(request.clock_offsets, sources, request.arguments.clock_offsets)}
    return Scope(
        request.services or known.services,
        request.namespaces or known.namespaces,
        request.full,
        known.pins | frozenset(request.pins),
        (known.drops | frozenset(request.drops)) - frozenset(request.pins),
        frozenset((*request.pins, *request.drops)),
        {**known.aliases, **request.aliases},
        offsets,
    )


def clock_offsets(given: Iterable[str], sources: Iterable[str], argument: str) -> dict[str, timedelta]:
    """The offset of each source, from texts such as `SOURCE=+3s`. Raises UsageError, which names `argument`."""
    found: dict[str, timedelta] = {}
    names = list(sources)
    for text in given:
        offset = _OFFSET.fullmatch(text.strip())
        if offset is None:
            raise UsageError(f"{argument} {text}: give a source and a time with its unit, for example github=+3s")
        if offset["source"] not in names:
            raise UsageError(f"{argument} {text}: no such source; there are: {', '.join(names)}")
        shift = float(offset["number"]) * _UNITS[offset["unit"]]
        if found.setdefault(offset["source"], shift) != shift:
            raise UsageError(f"{argument} {text}: this source has another one already; leave one of the two out")
    return found
