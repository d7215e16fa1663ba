"""A number or a name in a sentence."""

from datetime import timedelta

from msgspec import Struct


class Mention(Struct, frozen=True):
    """A number or a name, and where it stands."""

    type: str
    text: str
    start: int
    end: int
    value: str
    """The name; of a number it as digits, of two of them with a space between."""
    digits: int = 0
    """Of a percentage: how many it has after the point."""
    span: timedelta = timedelta(0)
    exact: timedelta = timedelta(0)
    """Of a duration: its smallest unit."""
    noun: str = ""
    """Of a count."""
