"""What breaks a rule."""

from msgspec import Struct


class Finding(Struct, frozen=True, order=True):
    """One thing to put right."""

    line: int
    """From 1 on."""
    rule: str
    message: str
