"""Links between stories: how two stories belong together, and why."""

from enum import StrEnum

from msgspec import Struct


class LinkKind(StrEnum):
    """How two stories belong together; read it as `one`, these words, `other`."""

    PART_OF = "is part of"
    ROLLS_BACK = "rolls back"
    ABOUT = "is about"
    ENDS_WITH = "ends with"
    PODS_OF = "befalls pods of"
    ON_NODE = "befalls pods on"
    FAILS_ON = "fails on"
    SILENCES = "silences"
    NAMES = "names"


class Link(Struct, frozen=True):
    """Two stories that belong together."""

    one: str
    other: str
    """Both are ids of stories, or of the parts of one."""
    kind: LinkKind
    strength: int
    """From 1 to 50; shared ids are stronger than times."""
    reasons: tuple[str, ...]
