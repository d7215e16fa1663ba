"""A fact, the same whichever source reports it."""

from typing import NamedTuple

from collector.event import Kind, Subject


class Fact(NamedTuple):
    """What happened, the same whichever evidence shows it."""

    kind: Kind
    subject: Subject
    words: str
    """One plain line; text from outside is in it verbatim."""
    merge_key: str
    """Events of several sources with this key, at overlapping times, are one occurrence. Empty: nothing merges."""
