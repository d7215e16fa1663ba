"""Durations from one thing to another: `it took 9 minutes from the alert to the rollback`."""

import re
from collections.abc import Sequence
from datetime import timedelta

from collector.event import Kind
from collector.postmortem.verify.candidates import named, of_version
from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.statement import Statement
from collector.postmortem.verify.topic_table import TOPICS
from collector.postmortem.verify.topics import subjects

_FROM_TO = re.compile(
    r"\b(?:(?:from|von|vom)\s(?P<from>[^.;,()|:]{3,50}?)\s(?:to|until|till|bis)"
    r"|(?:between|zwischen)\s(?P<between>[^.;,()|:]{3,50}?)\s(?:and|und))"
    r"\s(?P<to>[^.;,()|:]{3,50}?)(?=\s*(?:[.;,()|:]|$|\b(?:it|we|there|was|were|is|passed|lay|took|lasted|vergingen|lagen)\b))",
    re.IGNORECASE,
)
_SUBJECTS = ("deploy", "rollback", "alert", "flag", "config")
_OTHER = re.compile(
    r"\b(?:first|second|last|next|other|previous|failed|failing|merg\w+|decision|request|review|approv\w+|hotfix|fix"
    r"|resol\w+|clear\w*|end|ende)\b|[0-9]|'s\b",
    re.IGNORECASE,
)
"""Words that show another thing than the usual one; what that is need not be in the evidence."""
_MOST = 100
Span = tuple[timedelta, timedelta, str]


def between_two(statement: Statement, mention: Mention, facts: Facts) -> list[Span]:
    """The durations in the evidence between the two things that a clause names; empty if it does not name two."""
    plain = statement.text[: statement.head] + "".join(part.text for part in statement.parts)
    start = max(plain.rfind(mark, 0, mention.start) for mark in (". ", "; ", ", ", "|", "(")) + 1
    ends = [at for mark in (". ", "; ", ", ", "|") if (at := plain.find(mark, mention.end)) >= 0]
    clause = plain[start : min(ends, default=len(plain))]
    inside = [one for one in statement.mentions if start <= one.start < start + len(clause)]
    found = list(_FROM_TO.finditer(clause))
    alone = len(found) == 1 and sum(one.type == "duration" for one in inside) == 1
    if not alone or any(start <= one.start < start + len(clause) for one in statement.times):
        return []
    one, other = found[0]["from"] or found[0]["between"], found[0]["to"]
    if _OTHER.search(one) or _OTHER.search(other) or subjects(one) == subjects(other):
        return []
    early, late = (_facts(statement, each, facts) for each in (one, other))
    apart = [(late_one.at - early_one.at, early_one, late_one) for early_one in early for late_one in late]
    return [
        (
            max(last.earliest - first.latest, timedelta(0)),
            last.latest - first.earliest,
            f"from {first.text} to {last.text}",
        )
        for by, first, last in apart
        if by > timedelta(0)
    ]


def _facts(statement: Statement, text: str, facts: Facts) -> Sequence[Fact]:
    """All that began, and all that was completed, of the only subject of a text."""
    about = subjects(text)
    if len(about) != 1 or not about <= set(_SUBJECTS):
        return ()
    subject = next(iter(about))
    kinds = {kind for topic in TOPICS if topic.subject == subject for kind in topic.decides}
    kinds -= {Kind.ALERT_RESOLVED}
    wanted = subject == "rollback"
    found = named(statement, (), facts.of_kinds(kinds))
    if subject in ("deploy", "rollback"):
        found = [one for one in found if one.rollback == wanted]
    versions = {one.value for one in statement.mentions if one.type == "version"}
    return of_version([one for one in found if one.in_row], versions)[:_MOST]
