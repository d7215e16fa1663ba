"""A place that breaks a rule."""

from msgspec import Struct


class Finding(Struct, frozen=True, order=True):
    """One fault to correct."""

    line: int
    """Line number, from 1."""
    rule: str
    message: str
