"""Finds the topics of a part of a sentence: what happens in it."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from collector.postmortem.verify.no_names import NO_NAMES
from collector.postmortem.verify.topic import Topic
from collector.postmortem.verify.topic_table import PHASES, TOPICS
from collector.postmortem.verify.vocabulary import IDENTIFIED, LEAVES_NORMAL, MENTAL, SUBJECTS, words

_PHASE = re.compile(
    r"^\W*(?:(?:incident|issue|outage|impact)\s+)?"
    r"(?:(?P<started>started|start(?: time)?|began|beginn)|(?P<detected>detected|detection|erkannt|entdeckt|bemerkt)"
    r"|(?P<identified>identified|ursache erkannt|identifiziert)"
    r"|(?P<mitigated>mitigated|mitigation|fixed|repaired|(?:service )?restored|recover(?:ed|y)|entschärft)"
    r"|(?P<resolved>resolved|resolution|behoben|gelöst|(?P<ended>ended|end(?: time)?|ende)))"
    r"\b\W*(?:(?:at|um)\b)?\W*$",
    re.IGNORECASE,
)
"""A label: `Detected: 14:06`."""
_REPORTED_SPEECH = re.compile(rf"{MENTAL.pattern}\s(?:\w+\s){{0,2}}\s{{4,}},?\s?(?:that|dass)\b", re.IGNORECASE)
"""`She reported at 14:12 that it was down`, with spaces for the time: it is that of the report."""
_PAGED = re.compile(r"\b([A-Z][a-z]+) (?:(?:was|is|got|gets) )?(?:then )?paged\b|\bpaged ([A-Z][a-z]+)\b")
_ALERT = words(r"alert\w*|fir(?:es|ed|ing)")
_STILL = words(
    r"still|already (?:firing|fires|active|red)|(?:was|were) (?:firing|red)(?!\W+(?:since|from))|kept|remain(?:s|ed)"
    r"|continued|continues",
    r"immer noch|noch immer|weiterhin",
)
_SCALED = re.compile(
    r"\bdeployments?\b(?=[^.;,]{0,24}\bscal)|(?<=\bscaled)\s(?:the\s|up\s|down\s)*deployments?\b", re.IGNORECASE
)


def subjects(text: str) -> frozenset[str]:
    """The subjects of a part of a sentence."""
    # `The deployment was scaled` is about a Kubernetes object, not about a deploy.
    text = _SCALED.sub(" pods ", text)
    found = {name for name, pattern in SUBJECTS.items() if pattern.search(text)}
    # The words for a rollback also fit a deploy, and those for a restart many things.
    found -= {"deploy"} if "rollback" in found else set()
    return frozenset(found - {"restart"} or found)


def topics(text: str, carried: frozenset[str]) -> list[Topic]:
    """The topics of a part of a sentence; `carried` are the subjects of the parts before it."""
    phase = _PHASE.match(text)
    # `Rollback: start 14:18, end 14:22` is about the rollback; only an incident is `resolved`.
    if phase and not ((phase["started"] or phase["ended"]) and carried - {"incident"}):
        return [PHASES[next(name for name, words in phase.groupdict().items() if words)]]
    text = LEAVES_NORMAL.sub("rises", text)
    own = subjects(text)
    found = list(_matching(text, own))
    if not found and not own:
        found = [topic for topic in _matching(text, carried) if topic.verb]
    if _pages_somebody(text):
        # The next person may be paged long after the alert fired.
        found = [mild(topic) if topic.subject == "alert" else topic for topic in found]
    if _STILL.search(text):
        # Something that still goes on at a time began before it.
        found = [mild(topic) for topic in found]
    if _REPORTED_SPEECH.search(text):
        found = [mild(topic) for topic in found]
    if MENTAL.search(text):
        found = [topic if topic.verb else mild(topic) for topic in found]
        found += [PHASES["identified"]] if IDENTIFIED.search(text) else []
    return found


def _pages_somebody(text: str) -> bool:
    """Whether a person is paged, and no alert is mentioned: `Ines paged`."""
    names = [found[1] or found[2] for found in _PAGED.finditer(text)]
    return any(not NO_NAMES.fullmatch(name) for name in names) and not _ALERT.search(text)


def mild(topic: Topic) -> Topic:
    """The same topic, but without facts that can make the draft wrong."""
    return replace(topic, decides=frozenset(), agrees=topic.decides | topic.agrees)


def implied(text: str) -> list[Topic]:
    """The topics if the only subject is a service: `payments starts to fail`, `storefront recovers`."""
    return [mild(topic) for topic in _matching(text, frozenset({"errors", "pods"})) if topic.verb]


def _matching(text: str, about: frozenset[str]) -> Iterator[Topic]:
    for subject in sorted(about):
        ours = [topic for topic in TOPICS if topic.subject == subject]
        named = [topic for topic in ours if topic.verb and topic.verb.search(text)]
        yield from named or [topic for topic in ours if not topic.verb]
