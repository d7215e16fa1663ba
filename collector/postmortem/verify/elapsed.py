"""Durations between two things in a sentence, or of one thing with a beginning and an end.

`The alert fired 4 minutes after the deploy`, `the rollback took 2 minutes`, `logins failed for 20 minutes`.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from collector.event import Kind
from collector.postmortem.verify.candidates import candidates, named
from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.parts import Part
from collector.postmortem.verify.statement import Statement
from collector.postmortem.verify.topic import Topic
from collector.postmortem.verify.topic_table import TOPICS
from collector.postmortem.verify.topics import topics

Span = tuple[timedelta, timedelta, str]
"""The shortest and the longest possible duration, and a description of it."""
_AFTER = re.compile(r"\s(?:(?P<before>before|vor)|after|later than|since|nach)\s(?P<what>[^.;,()|]*)", re.IGNORECASE)
_WITHIN = re.compile(r"\s(?:of|after|from)\s(?P<what>[^.;,()|]*)", re.IGNORECASE)
_IS_WITHIN = re.compile(r"\b(?:within|in (?:under|less than)|less than|under)\s(?:\w+\s)?$", re.IGNORECASE)
_FOR = re.compile(r"\b(?:for|lasting|lasted|lasts|over|during|spanning)\s(?:\w+\s){0,3}?$", re.IGNORECASE)
_TOOK = re.compile(
    r"\b(?:took|takes|taking|needed|lasted|dauerte|brauchte"
    r"|(?:complet\w+|finish\w+|done|over|through|succeed\w+) (?:in|within|after))"
    r"\s(?:(?:us|it|only|just|about|around|roughly|some|almost|nearly|a|total|of)\s){0,3}$",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"\b(?:after|nach)\s(?:(?:just|only|about|around|roughly|some|almost|nearly|a|total|of)\s){0,3}$", re.IGNORECASE
)
"""Text between the end of something and a duration: `the alert was over after 24 minutes`."""
_EFFECT = re.compile(
    r"\b(?:fail\w*|down|unavailable|errors?|5xx|50[0-4]s?|500s|broken|degrad\w+|outage"
    r"|(?:took|taken|knocked) out|unreachable|offline|impact\w*"
    r"|affect\w*|suffer\w*|unusable|slow\w*|incident|trouble|elevated|not work\w*|could(?: not|n't)|unable)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"\b(?:when|once|after|because|although|until|als|nachdem|weil|bis)\b", re.IGNORECASE)
"""Begins a clause about something else: `it fired when they had failed for 5 minutes`."""
_FROM_TO = re.compile(
    r"\b(?:from|between|von|zwischen)\s(?!\s|[0-9]|(?:the |its )?(?:start|beginning|onset|first|beginn|anfang))"
    r"[^.;]{2,60}?\s(?:to|until|till|and|bis|und)\s(?!\s|[0-9])",
    re.IGNORECASE,
)
_UNTIL_BEGUN = re.compile(r"\s(?:until|till|before|bis)\s", re.IGNORECASE)
_BETWEEN_TWO = re.compile(
    r"\b(?:from|between|von|zwischen)\s[^.;]{2,60}?\s(?:to|until|till|and|bis|und)\s", re.IGNORECASE
)
"""The two ends of a duration, one of which may begin the incident: `from the first failure to the rollback`."""
PART_OF_DURATION = re.compile(
    r"\b(?:another|further|additional|next|last|first|weitere[nr]?|noch)\s(?:\w+\s)?$", re.IGNORECASE
)
"""Text before a duration that is only part of the whole."""
_SO_FAR = re.compile(r"\b(?:had|has|have|'d) been\b", re.IGNORECASE)
"""Text before a duration up to some moment, which was longer in the end."""
_ALERTING = re.compile(r"\b(?:alert\w*|fired|firing|active|red|ringing)\b", re.IGNORECASE)
_BEGINNING = re.compile(
    r"(?:it|the (?:incident|outage|impact|trouble|issue|problem)) (?:had )?(?:beg[au]n|started)\b"
    r"|(?:the |its |dem )?(?:beginning|start|onset|first (?:errors?|signs?|failures?)|Beginn|Anfang)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:it|this|that|they)\b", re.IGNORECASE)
_ENDS = ("mitigated", "resolved")
_MOST = 200


def elapsed(statement: Statement, mention: Mention, facts: Facts) -> list[Span]:
    """The durations in the evidence that the words around a mention refer to; empty if they do not show which."""
    part = statement.part(mention.start)
    ahead, behind = part.text[: mention.start - part.start], part.text[mention.end - part.start :]
    if is_from_one_to_another(part.text):
        return []
    found = _IS_WITHIN.search(ahead) and _WITHIN.match(behind)
    found = found or _AFTER.match(behind)
    if found and found.groupdict().get("before") and _FOR.search(ahead):
        # In `It was stuck for eleven minutes before CI gave up`, the duration is not the time between two events.
        return []
    if found:
        return list(_between(statement, mention, found, facts))
    about = [topic for topic in statement.around(mention)[1] if topic.subject in ("rollback", "deploy")]
    if about and _TOOK.search(ahead) and not (_UNTIL_BEGUN.match(behind) or _BETWEEN_TWO.search(part.text)):
        return list(_taken(statement, mention, about, facts))
    # `The alert was resolved, after 24 minutes`
    home = _part_before(statement, part) if _UNTIL.fullmatch(ahead.strip(" |,(") + " ") and not part.topics else part
    ended = {topic.subject for topic in home.topics if topic.side == "to"} if _UNTIL.search(ahead) else set()
    if "alert" in ended:
        return list(_alerting(statement, mention, facts))
    if ended & {"errors", "incident"}:
        return [*_lasting(statement, mention, facts), *_alerting(statement, mention, facts)]
    if PART_OF_DURATION.search(ahead):
        return []
    *earlier, last = _CLAUSE.split(ahead)
    clause = last + behind
    if earlier and _SO_FAR.search(last):
        return []
    if _FOR.search(ahead) and any(topic.subject == "flag" for topic in part.topics):
        return list(_between_flag_changes(statement, mention, facts))
    if _FOR.search(ahead) and _ALERTING.search(clause):
        return list(_alerting(statement, mention, facts))
    if _FOR.search(ahead) and _EFFECT.search(clause):
        return [*_lasting(statement, mention, facts), *_alerting(statement, mention, facts)]
    return []


def _part_before(statement: Statement, part: Part) -> Part:
    at = statement.parts.index(part) if part in statement.parts else 0
    return statement.parts[at - 1] if at else part


def is_from_one_to_another(text: str) -> bool:
    """Whether a duration is between two things, and neither begins the incident: `from the deploy to the alert`."""
    return _FROM_TO.search(text) is not None


def _between(statement: Statement, mention: Mention, found: re.Match[str], facts: Facts) -> Iterator[Span]:
    home = statement.part(mention.start)
    first = topics(home.text[: mention.start - home.start], frozenset())
    at = statement.parts.index(home) if home in statement.parts else 0
    beside = [*reversed(statement.parts[:at]), *statement.parts[at + 1 :]]
    first = first or next((list(part.topics) for part in beside if part.topics), [])
    # In `28 minutes after it had fired`, `it` is the subject of the part before.
    same = frozenset(topic.subject for topic in first) if _PRONOUN.match(found["what"]) else frozenset()
    second = topics(found["what"], same)
    one, two = (_facts(statement, mention, each, facts) for each in (first, second))
    if not two and _BEGINNING.match(found["what"]) and "started" in facts.phases:
        two = [facts.phases["started"]]
    if "before" in found.groupdict() and found["before"]:
        one, two = two, one
    for late in one[:_MOST]:
        for early in two[:_MOST]:
            span = _span(early, late, f"from {early.text} to {late.text}")
            if span[1] > timedelta(0):
                yield span


def _facts(statement: Statement, mention: Mention, about: Sequence[Topic], facts: Facts) -> list[Fact]:
    found = candidates(statement, [statement.part(mention.start)], about, facts)
    return list(found.deciding or found.agreeing)


def _taken(statement: Statement, mention: Mention, about: Sequence[Topic], facts: Facts) -> Iterator[Span]:
    """From each fact about the deploys, or rollbacks, of a service to each later one."""
    whole = [topic for topic in TOPICS if topic.name in {each.subject for each in about}]
    found = _facts(statement, mention, whole, facts)
    for late in found[:_MOST]:
        for early in found[:_MOST]:
            alike = early.service == late.service and early.rollback == late.rollback
            # Two deploys of one service are two stories; Events that no row has belong to either.
            if alike and early.at < late.at and (early.story == late.story or not (early.story and late.story)):
                yield _span(early, late, f"from {early.text} to {late.text}")


def _lasting(statement: Statement, mention: Mention, facts: Facts) -> Iterator[Span]:
    phases = facts.phases
    for start in ("started", "detected"):
        for end in _ENDS:
            if start in phases and end in phases:
                yield _span(phases[start], phases[end], f"from {start} to {end}")
    part = statement.part(mention.start)
    for rise, fall in ((Kind.ERRORS_ROSE, Kind.ERRORS_FELL), (Kind.LATENCY_ROSE, Kind.LATENCY_FELL)):
        for late in named(statement, [part], facts.of_kinds([fall])):
            for early in named(statement, [part], facts.of_kinds([rise])):
                if early.at < late.at and early.service == late.service:
                    yield _span(early, late, late.text)


def _alerting(statement: Statement, mention: Mention, facts: Facts) -> Iterator[Span]:
    part = statement.part(mention.start)
    for late in named(statement, [part], facts.of_kinds([Kind.ALERT_RESOLVED])):
        for early in named(statement, [part], facts.of_kinds([Kind.ALERT_FIRING])):
            if early.event.keys.alert == late.event.keys.alert and early.at < late.at:
                yield _span(early, late, late.text)


def _between_flag_changes(statement: Statement, mention: Mention, facts: Facts) -> Iterator[Span]:
    """From each change of a flag to the next change of the same flag."""
    changes = named(statement, [statement.part(mention.start)], facts.of_kinds([Kind.FLAG_CHANGED]))
    of_flags: dict[str, list[Fact]] = {}
    for change in sorted(changes, key=lambda fact: fact.at):
        of_flags.setdefault(change.event.keys.flag, []).append(change)
    for ours in of_flags.values():
        for early, late in pairwise(ours):
            if early.at < late.at:
                yield _span(early, late, f"from {early.text} to {late.text}")


def _span(start: Fact, end: Fact, what: str) -> Span:
    return max(end.earliest - start.latest, timedelta(0)), max(end.latest - start.earliest, timedelta(0)), what
