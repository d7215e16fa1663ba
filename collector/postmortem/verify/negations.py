"""Recognises negations, plans and wishes, which nothing can contradict."""

import re

_OPEN = re.compile(
    r"\b(?:will|would|shall|should|could|might|may|must|plan(?:s|ned)?|todo|if|unless|need(?:s|ed)? to"
    r"|ought|expected to|target|slo|sla|budget"
    r"|threshold|not|never|no|nothing|nobody|none|without|didn't|wasn't|hadn't|isn't|doesn't|don't|couldn't|neither"
    r"|instead of|usually|normally|typically"
    r"|nicht|nie|kein\w*|ohne|sollte\w*|würde\w*|könnte\w*|muss|müssen|wenn"
    # Without these words, `falls` is English: it is what errors do.
    r"|falls (?=der|die|das|es|wir|ein|man|noch)|geplant|üblicherweise)\b",
    re.IGNORECASE,
)
_COULD_NOT = (
    r"\b(?:could|can)(?: not|n't|not)\s(?!be\b|roll|revert|deploy|undo|go back|start|complet|finish|releas|ship)\w+"
)
_UNABLE = re.compile(_COULD_NOT, re.IGNORECASE)
_HAPPENED = re.compile(
    r"\b(?:could |can |did |does |was |were |is |are )?(?:not|never|cannot|can't|couldn't|didn't|doesn't)\s"
    r"(?:be |any ?more )?"
    r"(?:schedul\w+|start\w*|pull\w*|mount\w*|created?|made|ready|found|healthy|respond\w*|come up)\b"
    r"|\bkonnten? nicht (?:\w+ )?\w+t(?:en)? werden\b"
    r"|\b(?:nobody|no one|nothing) (?:could|can|was able to|worked)\b"
    rf"|{_COULD_NOT}",
    re.IGNORECASE,
)
"""A negation that describes something that happened: `pods could not be scheduled`."""

INSTEAD = re.compile(r"\b(?:instead of|rather than|statt)\b", re.IGNORECASE)


def is_negated_or_planned(text: str, changes: bool) -> bool:
    """Whether a text is a negation, a plan or a wish. `changes`: whether it is about a deploy or a rollback.

    That pods could not be started is something that happened; that a rollback could not be started is not.
    """
    return bool(_OPEN.search((_UNABLE if changes else _HAPPENED).sub(" ", text)))
