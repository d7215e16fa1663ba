"""What people and their tools write down, one function for each kind, for all systems that keep it."""

from collector.event import Kind, Subject
from sources.fact import Fact


def noted(words: str, subject: Subject | None = None) -> Fact:
    """Somebody wrote it down about an incident."""
    return Fact(Kind.NOTE, subject or Subject(), words, "")


def annotated(words: str, subject: Subject, merge_key: str = "") -> Fact:
    """Somebody or something marked it: on a dashboard, in a repository, in an export."""
    return Fact(Kind.ANNOTATION, subject, words, merge_key)
