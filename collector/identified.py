"""Whether a note names the cause of an incident: a change in the window, and what is wrong with it."""

import re
from collections.abc import Sequence

from collector.lazy_pattern import lazy_pattern
from collector.notes import IDENTIFIES
from collector.suspects import Changed

_SPEAKER = lazy_pattern(r"\w[\w'. -]{0,40}(?: \([^()]{1,40}\))?: ")
_CLAUSE = lazy_pattern(
    r"(?<=[.!?])\s+|[,;]\s+|\s+(?:[-\u2013\u2014]+|but|and not|rather than|instead of)\s+(?=\w)|\n", re.I
)
_ASKS = lazy_pattern(
    r"\?\s*$|^\W*(?:who|what|where|when|which|how|anyone|anybody|any idea|did|does|do we|is it|is this|was it|are we|"
    r"can|could|should|asked)\b|\bwhy\b|\bwhether\b",
    re.I,
)
_DOUBTS = lazy_pattern(
    r"\b(?:may ?be|perhaps|might|possibly|probably|could|would|wonder\w*|(?:not|un)sure|guess\w*|suspect\w*|suspicious|"
    r"if|unless|check(?:ing)?|investigat\w*|looking (?:at|into))\b",
    re.I,
)
_DENIES = lazy_pattern(
    r"(?:^|\b(?:is|are|was|were|it'?s|that'?s|and|so|probably|def\w*)\s+)not\b(?! (?:found|there|set|mounted|big|large|"
    r"high|long|compatible|valid|what))|\b(?:isn|wasn|aren|weren|doesn|didn|don|haven|hasn)['\u2019]?t (?:the|it|that|"
    r"because|due|caused?|related|known?|found|have|look)\b|\b(?:nothing wrong|rul(?:es?|ed|ing) out|innocent|"
    r"unrelated|red herring|nothing to do|no idea|unknown|unaffected|not (?:caused?|related|due|because|found the|yet)|"
    r"looks? (?:fine|good|ok|okay|healthy)|is (?:fine|good|ok|okay))\b",
    re.I,
)
_REPAIRS = lazy_pattern(
    r"\b(?:fix\w*|hotfix\w*|mend\w*|repair\w*|patch(?:ed|es|ing)|resolved|recover\w*|restored|operational|healthy|"
    r"(?:error|failure|5xx|latency)\w*(?: \w+)? (?:is |are )?(?:drop\w*|fall\w*|fell|going down|gone|clear\w*)|"
    r"back to normal|(?:no|fewer|less) (?:more |new |further )?(?:errors?|failures?|5xx|crash\w*|time ?outs?))\b",
    re.I,
)
_WITHDRAWS = lazy_pattern(
    r"\b(?:roll(?:s|ed|ing)?[ -]?backs?|revert\w*|undo\w*|tak(?:e|es|ing) (?:it |that |.* )?back)\b", re.I
)
_DEFECT = lazy_pattern(
    r"\b(?:reject\w*|refus\w+|typos?|wrong(?:ly)?|missing|mis(?:sing|configured|spelled|spelt|typed)|mis-?config\w*|leak\w*|"
    r"too (?:small|low|high|short|long|big|large|strict|few|many|old|new)|invalid|incompatible|expired|corrupt\w*|"
    r"does(?: not|n['\u2019]?t) (?:exist|match|parse|resolve|work)|not found|bad|br(?:eaks|oken|oke)|bug(?:gy|s)?|"
    r"regress\w*|divides by|deadlock\w*|unreachable|dead|terminated|deleted|overw\w+|wiped|gone|lost|"
    r"removed|drop(?:s|ped|ping)|forgot\w*|unbounded|empty)\b",
    re.I,
)
_SUFFERS = lazy_pattern(
    r"\b(?:fail\w*|crash\w*|errors?|erroring|5xx|50\ds?|5\d\dings?|slow(?:er)?|throw\w*|time[sd]? ?out|timing out|"
    r"oom\w*|can(?:no|['\u2019])t|panics?|hangs?|loops?|grow\w*|unable|spik\w+|down|blank)\b",
    re.I,
)
_SINCE = lazy_pattern(r"\b(?:since|after|from|by|in|with|looks like|turns out)\b", re.I)
_SOMEBODY = lazy_pattern(
    r"\b(?:some(?:body|one)|has been|had been|was|were|got)\s+(?:just\s+)?"
    r"(?:rotated|changed|edited|replaced|renewed|overwritten|updated|deleted|turned o(?:n|ff)|switched)\b|"
    r"\bsome(?:body|one) overwrote\b",
    re.I,
)
"""A note that reports a failure and names a change in these words names its cause."""
_BLAMES = lazy_pattern(r"\b(?:looks like|turns out|blame\w*|that['\u2019]?s|guilty|to blame)\b", re.I)
_SETTING = lazy_pattern(
    r"\bnew\b|\b(?:port|url|uri|endpoint|host ?name|time ?out|limits?|quota|credentials?|passwords?|keys?|tokens?|"
    r"cert(?:ificate)?s?|bucket|path|dns|records?|domain|template|header|regex|query|index|schema|column|table|"
    r"pool|replicas|selector|image|tag|env(?:ironment)?(?: variable)?|variable|region|namespace|default)\b",
    re.I,
)
_EXPIRED = lazy_pattern(
    r"\b(?:cert\w*|tls|tokens?|licen[cs]es?|passwords?|credentials?|(?:api |signing )?keys?|domain)\b.*"
    r"\b(?:expired|ran out|has run out|lapsed|no longer valid|(?:was|were|is) (?:not|never) renewed)\b|"
    r"\bexpired (?:cert\w*|token|licen[cs]e|password|credentials?|key)\b",
    re.I,
)
"""A cause that needs no change by anybody."""
_ROTATED = lazy_pattern(
    r"\b(?:passwords?|credentials?|secrets?|tokens?|(?:api |signing )?keys?|cert\w*)\b.{0,40}"
    r"\b(?:was|were|got|been) (?:rotated|revoked|replaced|changed|deleted)\b.{0,20}"
    r"\b(?:this|last|yesterday|today|earlier|before|overnight|ago|at [0-9]|on \w+day|without)\b",
    re.I,
)
"""A rotation before the incident: without a time, it may be the remedy."""
_HOGS = lazy_pattern(
    r"\b(?:full (?:table )?scans?|lock(?:s|ed|ing)?|hammer\w*|overload\w*|saturat\w*|hog\w*|block(?:s|ed|ing)|"
    r"exhaust\w*|flood\w*|(?:us|eat|tak)(?:es?|ing|s) (?:up )?(?:all|every|most)|too much)\b",
    re.I,
)
"""How a job harms others."""
_PROVIDER = lazy_pattern(
    r"\b(?:status page|provider|vendor|upstream|aws|amazon|gcp|google|azure|cloudflare|support)\b.*"
    r"\b(?:confirm\w*|acknowledg\w*|admit\w*|shows?|reports?)\b|\b429s? from\b|"
    r"\b(?:psp|processor|partner|provider|vendor|third[- ]party)\b.{0,30}\b(?:answers?|returns?|with) (?:us )?429|"
    r"\brate[- ]?limit(?:s|ed)? (?:us|by)\b|"
    r"\btheir (?:[\w-]+ ){0,3}(?:is|are) (?:all )?(?:down|unavailable|unreachable)\b",
    re.I,
)
_ONE_CLIENT = lazy_pattern(
    r"\b(?:all|mostly|most of (?:it|them)|comes?|coming|traffic|requests|load)\b.{0,40}\b(?:from|by) (?:an? |the )?"
    r"(?:one|single|same|bot\w*|scrap\w+|crawl\w+|attack\w*)\b|"
    r"\b(?:scrapers?|bots?|botnet|crawlers?|attackers?)\b.{0,40}\b(?:hammer\w*|flood\w*|hit(?:s|ting)?|overload\w*|scrap\w+)\b|"
    r"\bddos\b",
    re.I,
)
"""Who caused the traffic, if traffic rose."""


def identifies(note: str, known: Changed) -> bool:
    """Whether the note names the cause. Questions, guesses and denials do not."""
    head = _SPEAKER.match(note)
    speech = note[head.end() :] if head and not IDENTIFIES.search(head[0]) else note
    clauses = [clause for clause in _CLAUSE.split(speech) if clause]
    return any(_names_cause(clause, known) for clause in clauses) or _by_somebody(clauses, known)


def _by_somebody(clauses: Sequence[str], known: Changed) -> bool:
    """Whether one clause reports a failure, and one that somebody changed something that did change."""
    if any(_ASKS.search(clause) or _DOUBTS.search(clause) or _DENIES.search(clause) for clause in clauses):
        return False
    fails = any(_SUFFERS.search(clause) for clause in clauses)
    return fails and any(_SOMEBODY.search(clause) and known.named_in(clause) for clause in clauses)


def _names_cause(clause: str, known: Changed) -> bool:
    if _ASKS.search(clause) or _DOUBTS.search(clause) or _DENIES.search(clause):
        return False
    if IDENTIFIES.search(clause):
        return True
    if _REPAIRS.search(clause):
        return False
    if _PROVIDER.search(clause) or _EXPIRED.search(clause) or known.began_in(clause) or known.died_in(clause):
        return True
    if _ROTATED.search(clause) or (_HOGS.search(clause) and known.job_in(clause)):
        return True
    if "traffic" in known.nouns and _ONE_CLIENT.search(clause):
        return True
    named, sort = known.named_in(clause), known.sort_in(clause)
    if _WITHDRAWS.search(clause):
        return False
    if _BLAMES.search(clause) and (named or sort):
        return True
    if _DEFECT.search(clause):
        about_setting = bool(known.nouns) and bool(_SETTING.search(clause))
        return named or sort or about_setting
    return bool(_SUFFERS.search(clause)) and (named or (sort and bool(_SINCE.search(clause))))
