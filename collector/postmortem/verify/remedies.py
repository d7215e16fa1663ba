"""Recognises the time that a remedy took to end the trouble: it is not the length of the trouble."""

import re

from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.statement import Statement

_RESTORES = re.compile(
    r"\b(?:restor\w+|recover\w+|fix\w*|repair\w*|mitigat\w+)\b[^.;]{0,40}\b(?:within|in|after)\s(?:\w+\s)?$",
    re.IGNORECASE,
)
"""Text before such a duration: `the rollback restored service within 4 minutes`."""


def restored_by_remedy(statement: Statement, mention: Mention) -> bool:
    """Whether a duration is that of a rollback or deploy which ended the trouble."""
    part = statement.part(mention.start)
    ahead = part.text[: mention.start - part.start]
    return any(topic.subject in ("rollback", "deploy") for topic in part.topics) and bool(_RESTORES.search(ahead))
