"""What a system reports as a warning, and what it only mentions: Events without a kind of their own."""

from collector.event import Kind, Subject
from sources.fact import Fact


def warning(subject: Subject, words: str, merge_key: str = "") -> Fact:
    """A warning of which nothing more is understood than its reason."""
    return Fact(Kind.WARNING, subject, words, merge_key)


def mention(subject: Subject, words: str, merge_key: str = "") -> Fact:
    """Anything else."""
    return Fact(Kind.OTHER, subject, words, merge_key)
