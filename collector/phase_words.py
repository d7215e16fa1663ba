"""Which phase of an incident a note marks, in the words of its author."""

import re

from collector.cause_patterns import FAILS
from collector.clauses import certain, clauses, happened, in_vain
from collector.lazy_pattern import lazy_pattern

IDENTIFIES = lazy_pattern(
    r"\b(identif\w+|root[ -]?cause|caus(?:e|es|ed|ing)|culprit|due to|because|found (?:it|the)|it(?:'s| is) the|"
    r"traced (?:it )?(?:back )?to|pinpoint\w*|attributed to|(?:that['\u2019]?s|which is) why|"
    r"ursache|wegen|(?:liegt|lag) am?|schuld ist|verursacht\w*)\b",
    re.I,
)
"""The words of notes about a cause; `collector.reasons` tells which of them give one."""
_EFFECT = r"(?:outages?|impact|disruptions?|downtime|degradations?)"
_BEGINS = lazy_pattern(
    rf"\b(?:{_EFFECT}|fault) (?:begins?|began|start(?:s|ed)?|occur(?:s|red)?)\b|"
    rf"\b(?:start|begin(?:ning)?|onset) of (?:the |an? )?(?:incident|{_EFFECT})\b",
    re.I,
)
_NOTICED = lazy_pattern(r"\b(?:notic\w+|detect\w*|alert\w*|page[drs]?|report\w*|see(?:s|n|ing)?|saw|declar\w+)\b", re.I)
_MITIGATES = lazy_pattern(
    r"\b(?:mitigat(?:ed|es|ion(?! (?:in progress|under ?way|ongoing|plan\w*|options?|steps?|attempt\w*|failed)))|"
    r"(?<!no )work(?:ed)? ?around|repaired|failed over|rolled back|reverted to|"
    r"traffic (?:is |was |has been )?(?:moved|shifted|drained|switched|rerouted|failed over)|"
    r"(?:moved|shifted|drained|switched|rerouted) (?:all |the )?traffic|"
    r"(?:rollback|revert|failover) (?:is |was |has )?(?:done|complete[d]?|finished|succeeded)|"
    r"(?:hot)?fix (?:is |was |has been )?(?:deployed|applied|live|out|shipped|released|rolled out|in place)"
    r"(?! (?:to|on|in) (?:staging|test\w*|dev\w*|qa|canar\w+|review)))\b",
    re.I,
)
_SERVED = r"(?:site|web ?site|services?|access|everything|systems?|functionality|connectivity|traffic|api|app|prod\w*)"
_ERRORS = r"(?:errors?(?: rates?)?|failures?|5xx|50\ds|time ?outs|latency)"
_EFFECTS_END = lazy_pattern(
    rf"\b{_EFFECT} (?:(?:has|have|is|was|are|now) )*(?:over|ends?|ended|finished|cleared)\b|"
    rf"\bend of (?:the |customer )?{_EFFECT}\b|\brecovered\b|"
    r"\b(?:full recovery|recovery (?:is |was )?(?:confirmed|complete))\b|"
    r"\b(?:back|return(?:s|ed)?) (?:to|at|in) (?:the |its |their |our )?(?:normal|baselines?|working order)\b|"
    rf"\b{_ERRORS}\b.{{0,30}}\b(?:back|down|dropp?\w*|fell|falls?|return\w*|went) (?:to|at) "
    r"(?:zero|0\b(?!\.\d*[1-9]) ?%?)|"
    r"\b(?:success|availability|uptime|launch)\w*(?: rates?)?\b.{0,20}\bback (?:to|at) 100 ?%|"
    rf"\b{_SERVED} (?:is |are |was |were |has been |have been |now )*(?:fully )?restored\b|"
    r"\bfully (?:restored|operational|"
    r"recovered|functional|available)\b|"
    r"\ball (?:systems?|services?) (?:are |is )?(?:operational|green|healthy|up|normal|nominal)\b|\ball green\b|"
    r"(?<!tests are )(?<!build is )(?<!pipeline is )\b(?:works?|working|up|operational|functional|reachable|available|"
    r"healthy|fine|flowing|going through) again\b(?! on\b)|"
    rf"\b(?:{_SERVED}|we|all|[\w-]+\.(?:org|com|io|net|dev)) (?:is|are) (?:now )?back(?: up| online)?(?=\W*$)|"
    r"\bback (?:up|online)(?: again)?(?=\W*$)|\bconfirm\w* (?:to be )?(?:functional|working|healthy|fixed)\b",
    re.I,
)
_RESOLVES = lazy_pattern(
    r"(?<!conflict )(?<!conflicts )(?<!dns )\bresolved\b(?! to\b)|\ball clear\b|"
    r"\bincident (?:(?:is|was|has|now|been) )*(?:over|closed|ends?|ended|finished)\b|"
    r"\b(?:closed?|ended|ends) the incident\b|\bend of (?:the )?incident\b|"
    r"\bdeclare[sd]? (?:the |this )?(?:incident )?(?:to be )?(?:over|closed)\b|\bstood down\b",
    re.I,
)
_AGAIN = lazy_pattern(
    r"\b(?:again|once more|still|recur\w*|re-?occur\w*|second time|continu\w+|keeps?|even after|after all)\b", re.I
)
_TROUBLE = lazy_pattern(
    rf"{FAILS.pattern}|"
    r"\b(?:not|n['\u2019]t) (?:\w+ )?(?:work\w*|fixed|resolved|over|better|recover\w*|launch\w*|load\w*)\b|"
    r"\b(?:going|goes|went) wrong\b|\bbroken\b|\b(?:problems?|issues?|outage|incident)\b",
    re.I,
)
_BACK = lazy_pattern(
    rf"\b(?:{_ERRORS}|alerts?|problems?|issues?|symptoms?) (?:is |are |has |have |came |comes? )*"
    r"(?:back|return\w*)(?! (?:to|at)\b)\b|"
    r"\bre-?open(?:ed|ing)? (?:the |this )?incident\b|\bincident re-?opened\b",
    re.I,
)
_NO_MORE = lazy_pattern(r"\b(?:no|zero|fewer|less|without) (?:more |new |further |any )?(?:\w+ )?" + _ERRORS, re.I)
_ENDED_WORDS = lazy_pattern(rf"{_EFFECTS_END.pattern}|{_RESOLVES.pattern}", re.I)


def marks_a_phase(text: str) -> bool:
    """Whether the note may report that the cause was found, or that the incident was mitigated or resolved."""
    return any(words.search(text) for words in (IDENTIFIES, _MITIGATES, _EFFECTS_END, _RESOLVES))


def begins(note: str) -> bool:
    """Whether the note reports the start of the effects, and not who noticed them: `outage begins`."""
    return happened(note, _BEGINS) and not _NOTICED.search(note)


def mitigates(note: str) -> bool:
    """Whether the note reports a step that ends the effects, and not that it was in vain."""
    return happened(note, _MITIGATES) and not in_vain(note) and not troubles(note)


def ends_effects(note: str) -> bool:
    """Whether the note reports that the effects are over, for everybody."""
    return happened(note, _EFFECTS_END) and not troubles(note)


def resolves(note: str) -> bool:
    """Whether the note reports that the incident is over."""
    return happened(note, _RESOLVES) and not troubles(note)


def troubles(note: str) -> bool:
    """Whether the note ends with trouble that goes on or has come back.

    `Failing again. This resolved it` does not.
    """
    last = -1
    ended = -1
    for place, clause in enumerate(clauses(note)):
        if happened(clause, _ENDED_WORDS):
            ended = place
        elif certain(clause) and not _NO_MORE.search(clause):
            again = _AGAIN.search(clause) and _TROUBLE.search(clause)
            last = place if again or _BACK.search(clause) else last
    return last > ended
