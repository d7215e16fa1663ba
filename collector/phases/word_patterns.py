"""The words in which people mark the phases of an incident: what began, was noticed, done, over, and back again."""

import re

from collector.lazy_pattern import lazy_pattern
from collector.phases.cause_patterns import FAILS

IDENTIFIES = lazy_pattern(
    r"\b(identif\w+|root[ -]?cause|caus(?:e|es|ed|ing)|culprit|due to|because|found (?:it|the)|it(?:'s| is) the|"
    r"traced (?:it )?(?:back )?to|pinpoint\w*|attributed to|(?:that['\u2019]?s|which is) why|"
    r"ursache|wegen|(?:liegt|lag) am?|schuld ist|verursacht\w*)\b",
    re.I,
)
"""The words of notes about a cause; `collector.phases.reasons` decides which of them give one."""
_EFFECT = r"(?:outages?|impact|disruptions?|downtime|degradations?)"
BEGINS = lazy_pattern(
    rf"\b(?:{_EFFECT}|fault) (?:begins?|began|start(?:s|ed)?|occur(?:s|red)?)\b|"
    rf"\b(?:start|begin(?:ning)?|onset) of (?:the |an? )?(?:incident|{_EFFECT})\b|"
    r"\b(?:st\u00f6rung|ausfall) (?:beginnt|begann|f\u00e4ngt an)\b|"
    r"\bbeginn (?:der|des) (?:st\u00f6rung|ausfalls|vorfalls)\b",
    re.I,
)
NOTICED = lazy_pattern(r"\b(?:notic\w+|detect\w*|alert\w*|page[drs]?|report\w*|see(?:s|n|ing)?|saw|declar\w+)\b", re.I)
DETECTED = lazy_pattern(
    r"\balert\w*\b.{0,80}\b(?:fir(?:es?|ed|ing)|trigger\w*|rais\w+|sent|indicat\w*|discover\w*|receiv\w*|regarding)\b|"
    r"\b(?:first|received|got) (?:an? |the )?alerts?\b|\balerted\b|\bdetect(?:s|ed|ion|ing)?\b|\bdiscovery\W*:|"
    r"\bpag(?:es|ed)\b|\bpager\b|"
    r"(?<!status )(?<!web )(?<!home )(?<!landing )(?<!error )\bpage\b(?! (?:load|views?|is|was|shows?|updated?))|"
    r"\bnotic(?:es?|ed|ing)\b|\breport(?:s|ed) (?:by|that)\b|\breports? of\b|\bfirst (?:\w+ )?reports?\b|"
    r"\bwitness\w*|"
    r"\b(?:users?|customers?|developers?|support|clients?|tenants?|teams?|partners?|colleagues?|members?)\b.{0,40}"
    r"\b(?:report(?:s|ed|ing)?(?! back)|complain\w*|inform\w*|notif\w*)\b|\b(?:are|were|was|is|got|been) informed\b|"
    r"\b(?:incident|ticket) (?:is |was )?(?:declared|opened|raised)\b|"
    r"\b(?:declares?|opens?|raises?) (?:an? |the )?incident\b|"
    r"\binvestigations? (?:\w+ )?(?:starts?|started|begins?|began|begun|launched|opened|commenc\w+)\b|"
    r"\b(?:starts?|started|begins?|began|commenc\w+) (?:the |an? |to )?(?:investigat\w+|look(?:ing)? into)\b|"
    r"\b(?:entdeckt|bemerkt|gemeldet|alarmiert)\b|"
    r"\b(?:kunden?|nutzer|benutzer|anwender|support) (?:\w+ )?meldet?n?\b",
    re.I,
)
UNDETECTED = lazy_pattern(
    r"\b(?:no|without|before|un|not|never|nobody|no one|n['\u2019]t)\b.{0,30}"
    r"\b(?:alert\w*|fir(?:e|es|ed|ing)|detect\w*|notic\w*|paged?|reports?)\b|\b(?:may|might|could|would|should|if)\b|\?",
    re.I,
)
SHIPS = lazy_pattern(
    r"\b(?:deploy\w*|merg(?:e[ds]?|ing)|releas(?:e[ds]?|ing)|ship(?:s|ped|ping)|roll(?:s|ed|ing) out|rollout|"
    r"promot(?:e[ds]?|ing)|publish\w*|migrat(?:e[ds]?|ing|ion)|upgrad(?:e[ds]?|ing)|bump(?:s|ed|ing)?)\b",
    re.I,
)
RESPONDS = lazy_pattern(
    r"\b(?:roll\w*[ -]?back\w*|revert\w*|undo\w*|(?:hot)?fix\w*|on[- ]?call|why|investigat\w*|"
    r"look(?:s|ed|ing)? (?:at|into)|check\w*|wrong|broken?|weird|odd|strange|"
    r"stuck|backlog\w*|missing|bad|drop\w*|not|n['\u2019]t)\b|\?",
    re.I,
)
MITIGATES = lazy_pattern(
    r"\b(?:mitigat(?:ed|es|ion(?! (?:in progress|under ?way|ongoing|plan\w*|options?|steps?|attempt\w*|failed)))|"
    r"(?<!no )work(?:ed)? ?around|repaired|failed over|rolled back|reverted|"
    r"traffic (?:is |was |has been )?(?:moved|shifted|drained|switched|rerouted|failed over)|"
    r"(?:moved|shifted|drained|switched|rerouted) (?:all |the )?traffic|"
    r"(?:roll ?back|revert|failover) (?:is |was |has )?(?:done|complete[d]?|finished|succeeded|performed|executed)|"
    r"(?:hot)?fix (?:is |was |has been )?(?:deployed|applied|live|out|shipped|released|rolled out|in place)"
    r"(?! (?:to|on|in) (?:\w+ )?(?:staging|test\w*|dev\w*|qa|canar\w+|review|sandbox\w*|preview\w*|lab))|"
    r"zur\u00fcckgerollt|rollback (?:ist )?(?:abgeschlossen|fertig|durch)|umgeschaltet|umgangen)\b",
    re.I,
)
_SERVED = r"(?:site|web ?site|services?|access|everything|systems?|functionality|connectivity|traffic|api|app|prod\w*)"
_ERRORS = r"(?:errors?(?: rates?)?|failures?|5xx|50\ds|time ?outs|latency)"
EFFECTS_END = lazy_pattern(
    rf"\b{_EFFECT} (?:(?:has|have|is|was|are|now) )*(?:over|ends?|ended|finished|cleared)\b|"
    rf"\bend of (?:the |customer )?{_EFFECT}\b|\brecovered\b|"
    r"\b(?:full recovery|recovery (?:is |was )?(?:confirmed|complete))\b|"
    r"\b(?:back|return(?:s|ed)?) (?:to|at|in) (?:the |its |their |our )?(?:normal|baselines?|working order)\b|"
    rf"\b{_ERRORS}\b.{{0,30}}\b(?:back|down|dropp?\w*|fell|falls?|return\w*|went) (?:to|at) "
    r"(?:zero|0\b(?!\.\d*[1-9]) ?%?)|"
    r"\b(?:success|availability|uptime|launch)\w*(?: rates?)?\b.{0,20}\bback (?:to|at) 100 ?%|"
    rf"\b{_SERVED} (?:is |are |was |were |has been |have been |now )*(?:fully )?restored\b|"
    rf"\b{_SERVED} (?:has |have )?resum(?:es?|ed)\b|"
    r"\bfully (?:restored|operational|"
    r"recovered|functional|available)\b|"
    r"\ball (?:systems?|services?) (?:are |is )?(?:operational|green|healthy|up|normal|nominal)\b|\ball green\b|"
    r"(?<!tests are )(?<!build is )(?<!pipeline is )\b(?:works?|working|up|operational|functional|reachable|available|"
    r"healthy|fine|flowing|going through) again\b(?! on\b)|"
    rf"\b(?:{_SERVED}|we|all|[\w-]+\.(?:org|com|io|net|dev)) (?:is|are) (?:now )?back(?: up| online)?(?=\W*$)|"
    rf"\b{_SERVED} (?:is |are |was |were |now |fully )*(?:operational|available|healthy)(?=\W*$)|"
    r"\bworking as (?:intended|expected|before)\b|\breport(?:s|ed|ing)? back that (?:it|everything|the fix) works\b|"
    r"\b(?:recovery|resolution)\W*:|\bback (?:up|online)(?: again)?(?=\W*$)|"
    r"\bconfirm\w* (?:to be )?(?:functional|working|healthy|fixed)\b|"
    r"\bwieder (?:normal|erreichbar|verf\u00fcgbar|online|ok|stabil)\b|"
    r"\b(?:l\u00e4uft(?: alles)?|geht|funktioniert) wieder\b|"
    r"\b(?:st\u00f6rung|ausfall) (?:ist )?(?:vorbei|beendet|vor\u00fcber)\b|"
    r"\bfehler\w* (?:\w+ )?(?:bei|auf) 0\b(?![.,]\d)",
    re.I,
)
RESOLVES = lazy_pattern(
    r"(?<!conflict )(?<!conflicts )(?<!dns )\bresolved\b(?! to\b)|\ball clear\b|"
    r"\bincident (?:(?:is|was|has|now|been) )*(?:over|closed|ends?|ended|finished)\b|"
    r"\b(?:closed?|ended|ends) the incident\b|\bend of (?:the )?incident\b|"
    r"\bdeclare[sd]? (?:the |this )?(?:incident )?(?:to be )?(?:over|closed)\b|\bstood down\b|"
    r"\bbehoben\b|\bentwarnung\b|\b(?:vorfall|incident|problem) (?:ist )?(?:geschlossen|beendet|gel\u00f6st)\b",
    re.I,
)
AGAIN = lazy_pattern(
    r"\b(?:again|once more|still|recur\w*|re-?occur\w*|second time|continu\w+|keeps?|even after|after all|"
    r"wieder|erneut|immer noch|weiterhin)\b",
    re.I,
)
TROUBLE = lazy_pattern(
    rf"{FAILS.pattern}|"
    r"\b(?:not|n['\u2019]t) (?:\w+ )?(?:work\w*|fixed|resolved|over|better|recover\w*|launch\w*|load\w*)\b|"
    r"\b(?:going|goes|went) wrong\b|\bbroken\b|\b(?:problems?|issues?|outage|incident)\b|"
    r"\b(?:fehlern?|ausgefallen|ausfall|st\u00f6rung|kaputt|langsam|h\u00e4ngt|nicht erreichbar)\b",
    re.I,
)
BACK = lazy_pattern(
    rf"\b(?:{_ERRORS}|alerts?|problems?|issues?|symptoms?) (?:is |are |has |have |came |comes? )*"
    r"(?:back|return\w*)(?! (?:to|at)\b)\b|"
    r"\bre-?open(?:ed|ing)? (?:the |this )?incident\b|\bincident re-?opened\b",
    re.I,
)
NO_MORE = lazy_pattern(
    r"\b(?:no|zero|fewer|less|without|keine?n?|ohne) (?:more |new |further |any |neuen? )?(?:\w+ )?(?:fehlern?|"
    + _ERRORS[3:],
    re.I,
)
ENDED_WORDS = lazy_pattern(rf"{EFFECTS_END.pattern}|{RESOLVES.pattern}", re.I)
