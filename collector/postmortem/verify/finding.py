"""The verdict on one time, number or name of a draft."""

from enum import StrEnum

from msgspec import Struct


class Verdict(StrEnum):
    """The result of looking something up in the evidence."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    """The evidence knows the thing, but reports another value."""
    NOT_FOUND = "not found"
    """The evidence has nothing that decides it."""
    NOT_CHECKED = "not checked"
    """Nothing in the draft shows what it is about, so it was not looked up."""
    JUDGE = "for people to judge"
    """A claimed cause: evidence shows what happened, not why."""


class Finding(Struct, frozen=True, order=True):
    """One verdict. `text` and `evidence` come from outside and are not yet escaped."""

    line: int
    """Line number, from 1."""
    column: int
    """Position in its sentence; only used for sorting."""
    type: str
    """`time`, `duration`, `percentage`, `count`, `rate`, `code`, `number`, `size`, `version`, `commit`, `run`, `pod`,
    `alert`, `service`, `person`, `order`, `outcome`, `zone` or `cause`."""
    text: str
    """The words of the draft."""
    verdict: Verdict
    evidence: str
    """The evidence that confirms or contradicts it, or why nothing was found."""
