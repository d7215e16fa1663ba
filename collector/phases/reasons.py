"""The words `identified`, `cause`, `because`, `due to`: whether they give a cause, or only the reason for a step."""

import re

from collector.lazy_pattern import lazy_pattern

_CAUSE = r"(?:root[ -]?causes?|causes?|culprits?|ursachen?)"
_SEEKS = lazy_pattern(
    rf"\bfor (?:the |a |any |possible )*{_CAUSE}\b|"
    r"(?<!able )(?<!managed )\bto (?:\w+ )?(?:identify|find|pinpoint|determine|trace|isolate|narrow)\b|"
    r"\b(?:identifying|pinpointing|finding|determining)\b|\b(?:find|determine|establish) (?:out |the |what |an? )|"
    r"\b(?:cannot|can['\u2019]?t|could(?: not|n['\u2019]?t)|unable to) (?:find|identify|pinpoint|determine|trace)\b|"
    rf"\binvestigat\w+ (?:the |its |possible |what )*{_CAUSE}|"
    rf"\b(?:no|without an?|unknown|unclear|possible|potential|likely|candidate|suspected|presumed|probable|next|second|"
    rf"another|any|keine?) (?:known )?{_CAUSE}\b|"
    rf"\b{_CAUSE}\W{{1,3}}(?:(?:is|was|still|remains?|noch|yet|ist|currently|completely) )*(?:tbd|tba|tbc|unknown|"
    r"unclear|undetermined|pending|n/?a\b|none|not\b|open|under\b|being\b|to (?:be|follow)\b|unklar|unbekannt|offen|"
    r"gesucht|\?|-+\s*$)|"
    rf"\b{_CAUSE} (?:will|has yet|is yet|needs?|wird|muss|soll)\b|"
    rf"\b{_CAUSE} (?:analysis|investigation|review|meeting|section|document|owner)|\brca\b|"
    r"\b(?:have|has|had|did|do|does|was|were|is|are|can|could)(?: not|n['\u2019]?t)\b(?: \w+){0,2} (?:identif\w+|"
    r"f[io]u?nd|pinpoint\w*|determin\w+|know)\b|\bnot (?:yet )?(?:been )?(?:identified|found)\b",
    re.I,
)
"""The cause is looked for, not known, or not yet agreed on."""
_IDENTIFIED = r"identif(?:y|ies|ied)|pinpoint(?:s|ed)?"
_COUNTS = lazy_pattern(
    rf"\b(?:{_IDENTIFIED}) (?:as )?(?:the |all |\w+ more )?(?:[0-9]+\b(?!\.)|one|two|three|four|five|six|several|many|"
    r"some|all|both|further|other|more|affected|impacted|customers?|users?|tenants?|regions?|orders?|who|whom|steps?|"
    r"actions?|follow-?ups?|scope|impact)\b|"
    r"\bidentified (?:as (?:an? )?(?:sev|p|prio)\W?[0-9]|(?:[\w-]+ ){1,3}as (?:the |our |an? )?"
    r"(?:incident|ic\b|lead|owner|commander|scribe|affected|impacted)|"
    r"(?:by|through|via|from|thanks to) (?:our |the |an? )?"
    r"(?:\w+ )?(?:monitor\w*|"
    r"alert\w*|customers?|users?|support|synthetic\w*|dashboards?|reports?|probes?))\b|"
    r"\b(?:customers?|users?|tenants?|regions?|orders?|pods?|hosts?) (?:have been |were |are |was |is )?identified\b",
    re.I,
)
"""What was identified is who was affected, how many, how severe it is, or who leads."""
_STATES = lazy_pattern(
    rf"\b(?:{_IDENTIFIED}|root[ -]?causes?|cause|(?:the|our|as|real|main|found) culprits?|"
    r"culprits?(?=\W*(?:is|was|are|were|found|identified|$))|ursachen?|caused by|found (?:it|the)|"
    r"it(?:'s| is) the(?! (?:first|second|third|same|only|last|next|weekend))|traced (?:it )?(?:back )?to|"
    r"attributed to|stem(?:s|med)? from|originat(?:es?|ed) (?:in|from)|(?:that['\u2019]?s|which is) why|"
    r"(?:liegt|lag) am?|schuld ist|verursacht\w*)\b",
    re.I,
)
_ACTIVE = lazy_pattern(r"\b(?:causes|caused|causing)\b", re.I)
_EFFECT = (
    r"(?:(?:the|a|an|this|that|our|of|these|those|their|der|die|des|dem|den|high|elevated|increased|many|some|more|"
    r"ongoing|known|unknown|same)\s+)*"
    r"(?:this|that|it|which|these|they|and|outages?|incidents?|alerts?|alarms?|pages?|errors?|error[ -]rates?|"
    r"failures?|5xx|50\ds?|latency|time ?outs?|symptoms?|impact|disruptions?|issues?|problems?|fehlern?|"
    r"alarm\w*|st\u00f6rung\w*|ausfall\w*|"
    r"[A-Z]\w+(?:High|Low|Ratio|Rate|Errors?|Down)\w*)"
)
_IS_EFFECT = lazy_pattern(
    rf"\W*{_EFFECT}(?:\s+(?:is|are|was|were|has|have|also|now|still|in|on|of|by|to|haben|hat|wurden?|ist|sind)\b.*)?\W*",
    re.I,
)
_BECAUSE = lazy_pattern(
    r"\b(?:because(?: of)?|due to(?! (?:be|start|begin|end|finish|expire|go|run|join|arrive)\b)|wegen)\b", re.I
)
_SOMEBODY = r"(?:i|we|they|she|he|somebody|someone|(?-i:[A-Z][\w-]*[a-rt-z](?: [A-Z][\w-]*)?))"
_OBJECT = r"\s+(?!because\b|due\b|again\b|and\b|with\b|in\b|on\b|at\b)\w"
_STEP = lazy_pattern(
    r"\b(?:roll(?:s|ed|ing)?[ -]?backs?|revert\w*|decid\w*|decision|posted|posting|escalat\w*|paged|declared|silenc\w*|"
    r"mut(?:ed|ing)|asked|asking|called (?!by\b|with\b|from\b)|joined|attempted|retro\b|meeting|announc\w*|"
    r"handed|handing|"
    r"(?:skip|cancel|postpon)\w* the|scal(?:ed|ing) (?:up|out|down)|fail(?:s|ed|ing)? (?:its |the |\w+ )?tests?|"
    r"tests? (?:is |are )?fail\w*|staging|ci|builds? fail\w*|"
    r"(?:re-?)?triggered|re-?run|pipeline (?:\w+ )?(?:started|failed|ran)|"
    r"(?<!connection )(?<!login )attempt (?:fails|failed)|"
    r"opened (?:an?|the) (?:\w+ )?(?:incident|ticket|case|call|bridge|channel|issue|pr)|"
    r"(?:incident|call|bridge|channel|ticket)(?: \w+)? (?:is |was )?(?:opened|cancel\w*|moved|closed)|"
    r"(?:deploy|release|rollback|hotfix|fix|pr|merge|update|call|rollout|meeting)(?:ment)?s?\b.{0,20}"
    r"\b(?:delayed|postponed|blocked|paused|frozen|cancel\w*|stopped))\b|"
    rf"^\W*(?:{_SOMEBODY}\s+)?(?:are |am |is |was |were |have |has )?(?:waiting|waited|holding|held off|pausing|paused|"
    r"delayed|retrying|(?:restart|delet|kill|drain|cordon|mov|switch|turn|disabl|enabl|increas|rais|lower|reduc|remov|add|"
    rf"updat)(?:ed|ing){_OBJECT})",
    re.I,
)
"""A step of people, or of a pipeline. What follows `because` is the reason for it."""
_GENERAL = lazy_pattern(
    r"\b(?:often|usually|typically|sometimes|generally|in general|normally|tends? to|always)\b", re.I
)


def seeks_cause(clause: str) -> bool:
    """Whether the clause is about a cause that nobody knows yet: `looking for the root cause`."""
    return bool(_SEEKS.search(clause))


def gives_cause(clause: str) -> bool:
    """Whether the clause says what the cause is, of more than a step of the people at work.

    `identified 12 pods`, `this causes delays` and `paged Sam because of the alert` do not.
    """
    if seeks_cause(clause) or _GENERAL.search(clause):
        return False
    if _STATES.search(clause) and not _COUNTS.search(clause):
        return True
    active = _ACTIVE.search(clause)
    if active and not _IS_EFFECT.fullmatch(clause[: active.start()]):
        return True
    found = _BECAUSE.search(clause)
    if found is None or _STEP.search(clause[: found.start()]):
        return False
    return not _IS_EFFECT.fullmatch(clause[found.end() :])


def reason_for_step(clause: str) -> str:
    """What follows `because` if it is the reason for a step: `1.5.0 leaks`; empty if there is none."""
    found = _BECAUSE.search(clause)
    return clause[found.end() :] if found and _STEP.search(clause[: found.start()]) else ""
