"""What the user asked to see, and what the configuration says about names and clocks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Scope:
    """What to show. Empty means everything that belongs to the incident."""

    services: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    full: bool = False
    """Also everything that has no row of its own in the summary."""
    pins: frozenset[str] = frozenset()
    """Ids of rows or stories that shall have rows."""
    drops: frozenset[str] = frozenset()
    """Ids of rows or stories that shall have none."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Another name, or a repository, and the service that it is."""
    clock_offsets: Mapping[str, timedelta] = field(default_factory=dict)
    """By source: what to add to its times."""
