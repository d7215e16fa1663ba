"""What became of one time, number or name of a draft."""

from enum import StrEnum

from msgspec import Struct


class Verdict(StrEnum):
    """What the evidence has about it."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    """The evidence knows the thing, and reports another value."""
    NOT_FOUND = "not found"
    """The evidence has nothing that decides it."""
    NOT_CHECKED = "not checked"
    """Nothing shows what it is about, so that it was not looked up."""
    JUDGE = "for people to judge"
    """A cause: evidence shows what happened, and not why."""


class Finding(Struct, frozen=True, order=True):
    """One of them. Both texts are from outside and not yet escaped."""

    line: int
    """From 1 on."""
    column: int
    """Where in its sentence it stands; only to order by."""
    type: str
    """`time`, `duration`, `percentage`, `count`, `rate`, `code`, `number`, `size`, `version`, `commit`, `run`, `pod`,
    `alert`, `service`, `person`, `order`, `outcome`, `zone` or `cause`."""
    text: str
    """As the draft has it."""
    verdict: Verdict
    evidence: str
    """What confirms it, what the evidence has instead, or why nothing was found."""
