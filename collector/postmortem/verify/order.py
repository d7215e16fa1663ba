"""Judges what came first: finds `the alert fired before the deploy` if the evidence has it the other way round."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from collector.event import Kind
from collector.postmortem.verify.candidates import candidates, of_version
from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.judge_times import clock
from collector.postmortem.verify.parts import Part
from collector.postmortem.verify.statement import Statement
from collector.postmortem.verify.topics import subjects, topics

_WORD = re.compile(
    r"\b(?:(?P<before>before|prior to|ahead of|earlier than|bevor|vor)"
    r"|(?P<after>after|following|later than|nachdem|nach))"
    r"\s(?P<what>(?!all\b|hours\b|[0-9])[^.;,()|:]*)",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"(?:\b(?:minutes?|seconds?|hours?|mins?|secs?|min|s|h|m|long|time|soon|shortly|right|immediately|not|only|until)"
    r"\s|[0-9]\s?[smh]\s)(?:\w+\s)?$",
    re.IGNORECASE,
)
"""Text before `before` or `after` that makes it a duration, which is judged elsewhere, or no order at all."""
_NEAR = timedelta(minutes=2)
"""Things this close together may be in either order."""
_MOST = 50


def judge_order(statement: Statement, facts: Facts) -> Iterator[Finding]:
    """Findings about each `before` and `after` of the sentence that the evidence contradicts."""
    if statement.sentence.plans:
        return
    for part in statement.parts:
        for match in _WORD.finditer(part.text):
            head = part.text[: match.start()]
            if match["after"] and _SPAN.search(head) and not re.search(r"(?:soon|shortly|right|immediately)\s$", head):
                continue
            if match["before"] and _SPAN.search(head):
                continue
            found = _judged(statement, part, match, facts)
            if found:
                yield found


def _judged(statement: Statement, part: Part, match: re.Match[str], facts: Facts) -> Finding | None:
    head, what = part.text[: match.start()], match["what"]
    if statement.is_hypothetical(part.start):
        return None
    at = statement.parts.index(part)
    # The other thing may be in the part beside it: `After the rollback, the errors fell`.
    near = at - 1 if at and statement.parts[at - 1].topics else at + 1
    beside = statement.parts[near] if not head.strip() and near < len(statement.parts) else part
    own = head if beside is part else beside.text
    if not own.strip() or statement.is_hypothetical(beside.start):
        return None
    first = _facts(statement, beside, own, beside.start, facts)
    second = _facts(statement, part, what, part.start + match.start("what"), facts)
    if not first or not second:
        return None
    early, late = (first, second) if match["before"] else (second, first)
    if any(one.earliest <= other.latest + _NEAR for one in early for other in late if one is not other):
        return None
    text = f"{match['before'] or match['after']} {what}".strip()
    one, other = min(early, key=lambda fact: fact.at), max(late, key=lambda fact: fact.at)
    evidence = (
        f"the evidence has {clock(other.at, facts.window)} {other.text}; {clock(one.at, facts.window)} {one.text}"
    )
    start = part.start + match.start()
    return Finding(statement.line(start), start, "order", text, Verdict.CONTRADICTED, evidence)


def _facts(statement: Statement, part: Part, text: str, start: int, facts: Facts) -> Sequence[Fact]:
    about = [topic for topic in topics(text, frozenset()) if topic.decides]
    # Other subjects may mean several things, and so may a subject that the text itself does not name.
    about = [
        topic
        for topic in about
        if (
            topic.subject in ("deploy", "rollback", "alert", "errors")
            or (topic.subject in ("config", "flag") and topic.verb)
        )
        and topic.subject in subjects(text)
    ]
    if not about:
        return ()
    versions = {
        one.value for one in statement.mentions if one.type == "version" and start <= one.start < start + len(text)
    }
    found = candidates(statement, [part], about, facts)
    # People may call a deploy what the tool calls a rollback.
    both = [*found.deciding, *(found.agreeing if versions or not found.deciding else ())]
    # `Before the alert` means before it fired.
    both = [one for one in both if one.kind != Kind.ALERT_RESOLVED or any(topic.verb for topic in about)]
    ours = [fact for fact in both if fact.in_row and fact.event.keys.replaces not in versions]
    return of_version(ours, versions)[:_MOST]
