"""Facts about notes and annotations, one function for each kind, for all systems that keep them."""

from collector.event import Kind, Subject
from sources.fact import Fact


def noted(words: str, subject: Subject | None = None) -> Fact:
    """Somebody wrote it about an incident."""
    return Fact(Kind.NOTE, subject or Subject(), words, "")


def annotated(words: str, subject: Subject, merge_key: str = "") -> Fact:
    """Somebody or something marked it on a dashboard, in a repository or in an export."""
    return Fact(Kind.ANNOTATION, subject, words, merge_key)
