"""That two stories belong together, in what way, and why."""

from enum import StrEnum

from msgspec import Struct


class LinkKind(StrEnum):
    """In what way two stories belong together; read `one`, the words, `other`."""

    PART_OF = "is part of"
    ROLLS_BACK = "rolls back"
    ABOUT = "is about"
    ENDS_WITH = "ends with"
    PODS_OF = "befalls pods of"
    ON_NODE = "befalls pods on"
    SILENCES = "silences"
    NAMES = "names"


class Link(Struct, frozen=True):
    """That two stories belong together."""

    one: str
    other: str
    """Both are ids of stories, or of the parts of one."""
    kind: LinkKind
    strength: int
    """From 1 to 50; ids that both have are stronger than times."""
    reasons: tuple[str, ...]
