"""Resolves `it` and `that attempt` to the subject of the sentence before."""

import re

from collector.postmortem.verify.statement import Statement

_PRONOUN = re.compile(
    r"^\W*(?:(?:and|but|so)\s)?(?:it|this|that|he did it|she did it|es|sie|er|dies\w*)\s"
    r"(?:(?:was|had|is|has|finally|then|only|wurde|war|ist)\s){0,2}(?:started|starts|began|begins|kicked|complet\w+|finish\w+|done|succeed\w*|success\w*"
    r"|fail\w*|g[ia]ves? up|fired|fires|resolv\w+|clear\w+|recover\w+|ended|went (?:live|off|out|quiet)"
    r"|abgeschlossen|beendet|endet\w*|fertig|durch|begann|gestartet)\b",
    re.IGNORECASE,
)
_ATTEMPT = re.compile(
    r"\b(?:(?:that|this|the|a|another|first|second|third|next|last|new|erste\w*|zweite\w*|dritte\w*) "
    r"(?:\w+ )?(?:attempt|try|retry|versuch)|retr(?:y|ies|ied)|tr(?:y|ies|ied|ying) again)\b",
    re.IGNORECASE,
)
_CHANGES = frozenset({"deploy", "rollback"})
_ANY = _CHANGES | {"alert", "errors"}


def carried(text: str, before: Statement | None) -> frozenset[str]:
    """The subjects that a sentence takes over from the one before; empty if it is unclear which."""
    if before is None:
        return frozenset()
    found = {topic.subject for part in before.parts for topic in part.topics}
    if _ATTEMPT.search(text):
        # If the sentence before is about a rollback, the new attempt is one, too.
        return frozenset({"rollback"} if "rollback" in found else found & _CHANGES)
    ours = frozenset(found & _ANY)
    return ours if len(ours) == 1 and _PRONOUN.match(text) else frozenset()
