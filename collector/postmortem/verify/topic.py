"""A topic: a thing that happens, as people describe it and as the evidence reports it."""

import re

from msgspec import Struct


class Topic(Struct, frozen=True):
    """A thing that happens, found by its words. The subject may be in the part of the sentence before."""

    name: str
    subject: str
    """Name of one of SUBJECTS; empty for a phase."""
    verb: re.Pattern[str] | None
    """If None, the topic applies if no other topic of the subject does."""
    decides: frozenset[str]
    """Kinds of facts. If none of these happened at the time, the draft is wrong."""
    agrees: frozenset[str] = frozenset()
    """Further kinds of facts that may be meant if they happened at the time."""
    side: str = ""
    """`from` or `to`: the end of a time range that it belongs to."""
