"""Interprets the status of an action, in words or signs."""

import re

from collector.postmortem.recurrences.report import State

_STATES = (
    (
        State.DROPPED,
        r"won'?t(?: do| fix)?|wont ?fix|not planned|cancell?ed|rejected|obsolete|dropped|declined|abandoned|duplicate"
        r"|superseded|deferred indefinitely",
    ),
    (
        State.OPEN,
        r"not (?:yet )?(?:started|done|complete\w*|resolved|fixed|closed)|incomplete|unresolved|open|to ?do"
        r"|in[ -](?:progress|review)|wip|started|planned|backlog|pending|blocked|on hold|waiting|new|assigned|ongoing"
        r"|proposed|scheduled|draft|partial\w*|overdue|delayed|no"
        r"|offen|in arbeit|geplant|nein",
    ),
    (
        State.DONE,
        r"done|closed?|complete[sd]?|fixed|merged|resolved|shipped|deployed|released|implemented|finished|yes|erledigt|abgeschlossen|fertig|ja",
    ),
)
_PATTERNS = [(state, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for state, words in _STATES]
_DONE_SIGNS = frozenset("\u2705\u2611\u2714\U0001f7e2")
_OPEN_SIGNS = frozenset("\u274c\u2610\U0001f534\U0001f7e1\U0001f7e0\U0001f6a7\u23f3")
_EMPTY = re.compile(r"(?:tb[ad]|n/?a|unknown|[-\u2013\u2014?.\u2026_ ]*)", re.IGNORECASE)


def state_of(text: str) -> State | None:
    """The state that the text names; UNSTATED if it is empty, None if it is not recognized."""
    text = text.strip()
    if _EMPTY.fullmatch(text):
        return State.UNSTATED
    if re.fullmatch(r"\[[xX]\]|[xX]", text):
        return State.DONE
    if re.fullmatch(r"\[ ?\]", text):
        return State.OPEN
    found = next((state for state, pattern in _PATTERNS if pattern.search(text)), None)
    if found is None and (share := re.search(r"\b([0-9]{1,3})\s*%", text)):
        return State.DONE if int(share[1]) == 100 else State.OPEN
    if found is None:
        found = State.DONE if _DONE_SIGNS & set(text) else State.OPEN if _OPEN_SIGNS & set(text) else None
    return found
