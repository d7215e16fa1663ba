"""A number or a name in a sentence."""

from datetime import timedelta

from msgspec import Struct


class Mention(Struct, frozen=True):
    """A number or a name, and its position in the sentence."""

    type: str
    text: str
    start: int
    end: int
    value: str
    """The name, or the number in digits; two numbers are separated by a space."""
    digits: int = 0
    """Number of decimal places of a percentage or rate."""
    span: timedelta = timedelta(0)
    exact: timedelta = timedelta(0)
    """Precision of a duration, usually its smallest unit."""
    noun: str = ""
    """The noun of a count."""
