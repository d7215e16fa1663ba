"""Decides by the words around a version whether it is the new one or the replaced one."""

import re

from collector.postmortem.verify.mentions import Mention

_FROM = re.compile(
    r"(?:\b(?:from|statt|ersetzt(?:en|e)?|vorher|bisher"
    r"|replac\w+|previous(?:ly)?|old|instead of|(?:was|were) (?:on|at|running|still)|ran|away from"
    r"|supersed\w+|in place of|over|(?:stay|remain|kept?)\w* (?:on|at)|still on)\s"
    r"|[(,]\s?before:?\s|\bbefore:\s|[(,]\s?(?:which )?(?:was|were)\s|\bfrom\s[\w-]+\s)(?:\w+:?\s){0,2}?$",
    re.I,
)
_TO = re.compile(r".*\b(to|with|new|onto|by|of|on|for|auf|durch|mit)\s(?:[\w-]+\s){0,2}$", re.IGNORECASE | re.DOTALL)
_BESIDE = re.compile(
    r"\b(?:next to|alongside|beside|besides|compared (?:to|with)|than|unlike|like|versus|vs\.?)\s$", re.I
)
"""Text before a version that is only mentioned for comparison."""
_RAN_BEFORE = re.compile(
    r"\s(?:is|was)\s(?:what|the (?:one|version|release))\s(?:that |which )?(?:had been |was |had )?\w+\s(?:\w+\s)?"
    r"(?:before|until then|previously|so far)\b",
    re.IGNORECASE,
)
"""Text after the replaced version: `4.4.1 is what ran before`."""
_PODS_WERE_ON = re.compile(
    r"\b(?:pods?|replicas?|containers?|instances?|everything|all) (?:was|were) on\s$", re.IGNORECASE
)
"""Before a version that pods have at some time, which may be the new or the old one."""
_ARROW = re.compile(r"\s?(?:\u2192|->|=>|\u27f6|\u21d2)")
_AGAIN = re.compile(r"\s(?:again|wieder)\b", re.IGNORECASE)
_PUT = re.compile(r"\b(?:(?:re)?deploy|releas|install|ship|sync)\w*\s(?:[\w-]+\s)?v?$", re.IGNORECASE)
"""Before a version that is put where another one ran: `deploys 2.4.0 again`."""
_BEFORE = 32


def role_of(text: str, mention: Mention, back: bool) -> str:
    """`to` for the new version, `from` for the replaced one, empty if it may be either. `back` is for a rollback."""
    before = text[max(0, mention.start - _BEFORE) : mention.start]
    returned = before.casefold().endswith(("back to ", "back on ", "back at ", "zurück auf ", "wieder auf "))
    if returned:
        # A version that pods `were back on` is not the replaced one.
        return "to" if back else ""
    if _AGAIN.match(text, mention.end) and _PUT.search(before):
        return "to"
    if _AGAIN.match(text, mention.end):
        return "to" if back else ""
    if _BESIDE.search(before) or _PODS_WERE_ON.search(before):
        return ""
    if _RAN_BEFORE.match(text, mention.end):
        return "from"
    # In `tried on staging before: 1.2.0 failed there` the version is the subject of what follows.
    if before.endswith("before: ") and re.match(r"\s[a-z]", text[mention.end :]):
        return ""
    if _FROM.search(before) or _ARROW.match(text, mention.end) or _is_left(before, text[mention.end :]):
        return "from"
    found = _TO.search(before)
    if found and not (back and found[1].lower() == "of"):
        return "to"
    return "" if back else "to"


def _is_left(before: str, after: str) -> bool:
    """Whether it is the first version in `von 1.4.9 auf 1.5.0`; in `von 1.5.0` alone it may be either."""
    return before.endswith("von ") and bool(re.match(r"\s(?:auf|zu|nach)\b", after))
