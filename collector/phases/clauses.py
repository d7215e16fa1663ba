"""The assertions in a note: its clauses except questions, guesses and denials."""

import re
from collections.abc import Callable

from collector.lazy_pattern import lazy_pattern

_SPEAKER = lazy_pattern(
    r"\[[\w'. -]{1,40}\]:? |\w[\w'. -]{0,40}(?: \([^()]{1,40}\))? \| |\w[\w'. -]{0,40}(?: \([^()]{1,40}\))?: "
)
_BREAK = lazy_pattern(
    r"(?<=[.!?])\s+|[,;]\s+|\s+(?:[-\u2013\u2014]+|but|and not|rather than|instead of)\s+(?=\w)|\n", re.I
)
_ASKS = lazy_pattern(
    r"\?\s*$|^\W*(?:who|what|where|when|which|how|anyone|anybody|any idea|did|does|do we|is it|is this|was it|are we|"
    r"can|could|should|asked)\b|(?<!that's )(?<!that\u2019s )(?<!thats )(?<!which is )(?<!that is )\bwhy\b|\bwhether\b",
    re.I,
)
_DOUBTS = lazy_pattern(
    r"\b(?:may ?be|perhaps|might|possibly|probably|prob|could|would|wonder\w*|(?:not |un)sure|guess\w*|suspect\w*|"
    r"suspicious|if|unless|checking|(?:to|let me|will|i[\u2019']ll|pls|please|we|i) check|investigat\w*|"
    r"looking (?:at|into)|vielleicht|vermutlich|evtl|eventuell|"
    r"wahrscheinlich|k\u00f6nnte|sounds like)\b",
    re.I,
)
_DENIES = lazy_pattern(
    r"(?:^|\b(?:is|are|was|were|it'?s|that'?s|and|so|probably|def\w*)\s+)not\b(?! (?:found|there|set|mounted|big|large|"
    r"high|long|compatible|valid|defined|configured|what))|\b(?:isn|wasn|aren|weren|doesn|didn|don|haven|"
    r"hasn)['\u2019]?t "
    r"(?:the|it|that|because|due|caused?|related|known?|found|have|look|touch|affect|explain|matter)\b|"
    r"\b(?:does|did|do|can) not (?:touch|affect|explain|matter)\b|\b(?:nothing wrong|"
    r"rul(?:es?|ed|ing) out|innocent|unrelated|red herring|nothing to do|no idea|unknown cause|alike|on both|"
    r"same (?:error|failure|rate|result|problem|symptom|issue)\w*|cause (?:is )?unknown|"
    r"unaffected|not (?:caused?|related|due|because|found the|yet)|nobody|no one|no (?:incident|outage|problems?|"
    r"issues?)|nicht (?:am|an|das|der|die|vom|von|wegen|schuld)|"
    r"kein\w*)\b",
    re.I,
)
_CLEARS = lazy_pattern(r"\b(?:looks? (?:fine|good|ok|okay|healthy)|is (?:fine|good|ok|okay))\b", re.I)
"""A suspect is cleared; where the end of an incident is reported, these words confirm it."""
_TAKES_BACK = lazy_pattern(
    r"\b(?:is|are|was|were|it'?s|that'?s|no|so|and|def\w*)\s+not (?:the|because|due|caused?|related|our|my|an?|his|her|"
    r"their|it|that|us)\b|^\W*not (?:the|our|my|because|due|caused?|related)\b|"
    r"\b(?:isn|wasn|aren|weren)['\u2019]?t (?:the|because|due|caused?|related|our|my|an?|it|that)\b|"
    r"\b(?:is|are|was|were) not(?= \S+\W*$)|"
    r"\b(?:rul(?:es?|ed|ing) out|innocent|unrelated|red herring|nothing to do with|exonerat\w*|off the hook)\b|"
    r"\b(?:lag|liegt|war|ist) (?:es )?(?:doch )?nicht (?:am?|an der|das|der|die|vom|wegen)\b",
    re.I,
)
_NEVER_MIND = lazy_pattern(
    r"\b(?:scratch that|strike that|i was wrong|we were wrong|false lead|wrong lead|wrong track|my mistake|"
    r"correction)\b",
    re.I,
)
_NOT_YET = lazy_pattern(
    r"\b(?:will|would|should|until|once|when|if|wait(?:s|ing)?|\w+['\u2019]ll|going to|about to|expect\w*|"
    r"hop(?:e|ing|efully)|soon|(?<!confirmed )to be|"
    r"needs?|must|let'?s|try(?:ing)? to|before|almost|nearly|partly|partially|not|n't|never|cannot|can't|isn't|hasn't|"
    r"haven't|aren't|wasn't|weren't|nobody|nothing|none|half|halfway|some|nicht|noch|wird|sobald)\b",
    re.I,
)
_IN_VAIN = lazy_pattern(
    r"\b(?:no (?:change|effect|difference|improvement|luck)|not better|still (?:failing|broken|erroring|the same)|"
    r"(?:did|does|has)(?: not|n['\u2019]?t) (?:help\w*|fix\w*|change\w*|work\w*)|hilft nicht|half nicht|ohne wirkung|"
    r"in vain)\b",
    re.I,
)
_QUOTED = lazy_pattern(r"`[^`\n]*`|\"[^\"\n]*\"|\u201c[^\u201d\n]*\u201d")
"""Text quoted from a system: its words are not doubts or denials of the person who quotes it."""
_HELD = lazy_pattern(r"\x00(\d+)\x00")


def clauses(note: str, speaks: Callable[[str], bool] = bool) -> list[str]:
    """The clauses of a note, without the leading speaker if `speaks` accepts those words as one."""
    head = _SPEAKER.match(note)
    speech = note[head.end() :] if head and speaks(head[0]) else note
    quoted: list[str] = []

    def hold(found: re.Match[str]) -> str:
        quoted.append(found[0])
        return f"\x00{len(quoted) - 1}\x00"

    held = _QUOTED.sub(hold, speech.replace("\x00", " "))
    whole = (_HELD.sub(lambda found: quoted[int(found[1])], clause) for clause in _BREAK.split(held))
    return [clause for clause in whole if clause.strip()]


def asserted(clause: str) -> bool:
    """Whether the clause is no question, guess or denial."""
    return _affirmed(clause) and not _CLEARS.search(_QUOTED.sub("", clause))


def _affirmed(clause: str) -> bool:
    """As `asserted`, but for words such as `is fine`, which clear a suspect and confirm an end."""
    return certain(clause) and not _DENIES.search(_QUOTED.sub("", clause))


def certain(clause: str) -> bool:
    """Whether the clause is no question or guess; it may deny something."""
    own = _QUOTED.sub("", clause)
    return not (_ASKS.search(own) or _DOUBTS.search(own))


def takes_back(clause: str) -> bool:
    """Whether the clause denies that something is the cause."""
    own = _QUOTED.sub("", clause)
    return bool(_TAKES_BACK.search(own)) and certain(clause)


def takes_back_last(clause: str) -> bool:
    """Whether the clause withdraws the cause named last: `scratch that`, `I was wrong`."""
    return bool(_NEVER_MIND.search(_QUOTED.sub("", clause)))


def in_vain(note: str) -> bool:
    """Whether the note reports that a step did not help."""
    return bool(_IN_VAIN.search(note))


def happened(note: str, words: re.Pattern[str]) -> bool:
    """Whether a clause of the note has these words, and is no question, plan, guess or denial."""
    found = clauses(note, lambda head: not words.search(head))
    return any(words.search(clause) and _affirmed(clause) and not _NOT_YET.search(clause) for clause in found)
