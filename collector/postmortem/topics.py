"""The topics of a postmortem's sections, by the words that teams use in their titles."""

import re
from collections.abc import Mapping

_WORDS = {
    "timeline": r"timeline|chronology|sequence of events|what happened when|key events|event log|incident log"
    r"|zeitverlauf|zeitstrahl|zeitleiste|zeitlicher ablauf|chronologie",
    "actions": r"actions?|action items?|follow[- ]?ups?|remediations?|next steps|to-?dos?|preventive measures"
    r"|ma(?:\u00df|ss)nahmen",
    "cause": r"(?:root )?causes?|why (?:it|this) happened|diagnosis|root cause analysis|5 whys|five whys"
    r"|(?:grund)?ursachen?",
    "trigger": r"triggers?|triggered by|ausl\u00f6ser",
    "summary": r"summary|overview|abstract|what happened|zusammenfassung",
    "learned": r"lessons?|what went (?:well|wrong)|impact|detection|resolution|recovery|mitigation"
    r"|contributing factors",
}
TOPICS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in _WORDS.items()
}
_BOLD = re.compile(r" {0,3}(?:[-*+] +)?(?P<mark>\*\*|__)(?P<title>[^*_|:.!?]{3,60}):?(?P=mark):?\s*$")
_LABEL = re.compile(r" {0,3}(?:[-*+] +)?(?P<mark>\*\*|__)(?P<title>[^*_|.!?]{3,60}?)(?::(?P=mark)|(?P=mark):)")
_LONGEST = 5
"""Words of a title; a longer line in bold is a sentence."""


def bold_title(line: str) -> str:
    """The title if the line is one in bold that names a topic, as in `**Timeline**`; else an empty text."""
    found = _BOLD.match(line)
    title = found["title"].strip() if found else ""
    known = len(title.split()) <= _LONGEST and any(pattern.search(title) for pattern in TOPICS.values())
    return title if known else ""


def bold_label(line: str) -> str:
    """The label if the line begins with one in bold, as in `- **Time to repair**: 15 min`; else an empty text."""
    found = _LABEL.match(line)
    return found["title"].strip() if found else ""
