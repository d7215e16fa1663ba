"""Finds a service that the draft has rolled back, while the evidence has the rollback of another one at that time."""

import re
from datetime import timedelta

from collector.postmortem.verify.facts import Facts
from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.statement import Statement

_OBJECT = re.compile(
    r"\b(?:roll(?:s|ed|ing)?(?: back)?|rollbacks? of|revert(?:s|ed|ing)?|undid|undoes)\s(?:the\s)?$", re.IGNORECASE
)
_IS_ROLLED = re.compile(
    r"\s(?:was|is|wurde|wird)\s(?:\w+\s){0,2}(?:rolled back|reverted|zurückgerollt)\b", re.IGNORECASE
)


def rolled_back_instead(statement: Statement, mention: Mention, facts: Facts) -> str:
    """The rollback of another service at that time, if the evidence has none of this service; else empty."""
    part = statement.part(mention.start)
    times = [one for one in statement.times if part.start <= one.start < part.end] or list(statement.leading)
    about = any(topic.subject == "rollback" and topic.decides for topic in part.topics)
    is_object = _OBJECT.search(statement.text[: mention.start]) or _IS_ROLLED.match(statement.text, mention.end)
    if not about or not times or not is_object or statement.is_hypothetical(part.start):
        return ""
    found = [fact for fact in facts.of_kinds(facts.by_kind) if fact.rollback and fact.service]
    if any(fact.service == mention.value or mention.value in fact.text for fact in found):
        return ""
    then = [
        one for one in found if one.is_row and any(at.meets(one.earliest, one.latest, timedelta(0)) for at in times)
    ]
    return then[0].text if then else ""
