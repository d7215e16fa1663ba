"""Facts without a kind of their own: warnings, and anything else that a system reports."""

from collector.event import Kind, Subject
from sources.fact import Fact


def warning(subject: Subject, words: str, merge_key: str = "") -> Fact:
    """A warning of which only the reason is understood."""
    return Fact(Kind.WARNING, subject, words, merge_key)


def mention(subject: Subject, words: str, merge_key: str = "") -> Fact:
    """Anything else."""
    return Fact(Kind.OTHER, subject, words, merge_key)
