"""The parts of a sentence between commas and the like, each with its topics: what happens in it."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from collector.postmortem.verify.clock_times import ClockTime
from collector.postmortem.verify.facts import Facts
from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.topic import Topic
from collector.postmortem.verify.topic_table import TOPICS
from collector.postmortem.verify.topics import implied, mild, subjects, topics

_BOUNDARY = re.compile(
    r"[;,]\s|\s[-|\u2013\u2014]+\s|\s(?:and|then|but|while|whereas|whereupon|und|dann|aber|während)\s|[():]\s?(?![0-9])|\((?=[0-9.,]+\s?%)|[.!?]\s"
)
_ELLIPTIC = 3
"""A part with fewer other words than this takes over the topics of the part before: `and promo 1.8.0 at 10:04`."""
_NEXT = 3
_NAME = re.compile(r"\b[A-Z][a-z]+\b")
_FILLING = re.compile(
    r"\b(?:the|ones?|that|those|other|at|for|in|of|on|an|and|then|later|after|minutes?|also|by|was|to"
    r"|utc|run|done|from|now|new|v)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"[\"\u201c\u201e\u00bb](?:[^\s\"\u201c\u201d]+\s){2,40}"
    r"[^\s\"\u201c\u201d]+[\"\u201c\u201d\u00ab]"
)
"""What somebody is quoted with: words, not names."""
_LATER = re.compile(
    r"\W*(?:(?:[\w-]+\s){1,4}(?:later|afterwards)"
    r"|(?:[\w-]+\s){0,3}?[\w-]*(?:minute[ns]?|min|hours?|Stunden?|seconds?|Sekunden?|[0-9]\s?[smh])"
    r"\s(?:after|before|into|since|from|nach|vor))\b",
    re.IGNORECASE,
)
"""At the beginning of a part: what follows is not of the time that the part before has."""
_VERSION = re.compile(r"\b[0-9]+\.[0-9]+\.[0-9]+")


_DEPLOY = next(topic for topic in TOPICS if topic.name == "deploy")


class Part(Struct, frozen=True):
    """A part of a sentence between commas and the like."""

    start: int
    end: int
    text: str
    topics: tuple[Topic, ...] = ()
    """What happens in it."""
    implied: tuple[Topic, ...] = ()
    """Its topics if the only subject is the service that it names; see `topics.implied`."""
    timed: bool = False
    """Whether it has its own time, or a duration such as `four minutes later`."""


def parts_of(
    text: str,
    head: int,
    times: Iterable[ClockTime],
    found: Sequence[Mention],
    facts: Facts,
    about: frozenset[str] = frozenset(),
) -> tuple[Part, ...]:
    """Cut a sentence into parts, starting at `head`, after its leading time.

    `times` and `found` are the times and mentions in it; `about` are the subjects carried over from before.
    """
    spans = [(one.start, one.end) for one in times]
    # Replace alert names by the word `alert`, and blank service and pod names, which are no words: `deploy-bot`.
    bare = list(text)
    for start, end in spans:
        bare[start:end] = " " * (end - start)
    for one in found:
        if one.type in ("alert", "service", "pod"):
            word = "alert" if one.type == "alert" else ""
            bare[one.start : one.end] = f"{word:<{one.end - one.start}}"[: one.end - one.start]
    plain = _flagged("".join(bare), facts)
    bounds = (match.end() for match in _BOUNDARY.finditer(plain, head))
    # `ten and a half hours` is one.
    cuts = [head, *(at for at in bounds if not any(one.start < at < one.end for one in found)), len(text)]
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    before: tuple[Topic, ...] = ()
    parts = []
    for start, end in pairwise(cuts):
        if start < end:
            part = plain[start:end]
            named = any(one.type == "service" and start <= one.start < end for one in found)
            timed = any(start <= at < end for at, _ in spans) or bool(_LATER.match(part))
            happens = tuple(topics(part, about))
            own = tuple(implied(part)) if named else ()
            # `Intake was back to normal` has a verb of its own.
            if not happens and not own and (named or _VERSION.search(part)) and _is_elliptic(part):
                happens = before
            if any(begin < end and start < stop for begin, stop in quoted):
                happens = tuple(map(mild, happens))
            parts.append(Part(start, end, part, happens, own, timed))
            if not _LATER.match(part):
                # `It fired at 14:09, three minutes after the errors began, and was resolved at 14:33.`
                about, before = subjects(part) - {"restart"} or about, happens
    if not any(part.topics for part in parts):
        return tuple(_deployed(part, text, found) for part in parts)
    return tuple(parts)


def _deployed(part: Part, text: str, found: Sequence[Mention]) -> Part:
    """The part, with a deploy as its topic if it has only a service and its version: `ledger 8.3.0 at 10:03`."""
    ours = [one for one in found if part.start <= one.start < part.end]
    service = next((one for one in ours if one.type == "service"), None)
    versions = [one.start for one in ours if one.type == "version"]
    beside = service and any(
        0 <= at - service.end <= _NEXT and not text[service.end : at].strip(" :v") for at in versions
    )
    own = re.findall(r"[a-z]{2,}", _FILLING.sub(" ", _NAME.sub(" ", part.text)).lower()) if beside else []
    return replace(part, topics=(_DEPLOY,)) if beside and len(own) < _ELLIPTIC else part


def _is_elliptic(part: str) -> bool:
    own = re.findall(r"[a-z]{2,}", _FILLING.sub(" ", part.lower()))
    return not subjects(part) and len(own) < _ELLIPTIC


def _flagged(text: str, facts: Facts) -> str:
    """The text with the names of flags replaced by the word `flag`."""
    for name in facts.flags:
        if len(name) >= len("flag"):
            text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", f"{'flag':<{len(name)}}", text)
    return text
