"""What breaks a rule."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing to put right."""

    line: int
    """From 1 on."""
    rule: str
    message: str
