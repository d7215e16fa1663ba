"""A thing that happens, as people write of it and as the evidence reports it."""

import re

from msgspec import Struct


class Topic(Struct, frozen=True):
    """A thing that happens, by its words: the subject may stand in the part of the sentence before."""

    name: str
    subject: str
    """Name of one of SUBJECTS."""
    verb: re.Pattern[str] | None
    """None: any that no other topic of the subject has."""
    decides: frozenset[str]
    """If none of these happened then, the draft is wrong."""
    agrees: frozenset[str] = frozenset()
    """If one of these happened then, that may be what is meant."""
    side: str = ""
    """`from` or `to`: of a span of time it is this end."""
