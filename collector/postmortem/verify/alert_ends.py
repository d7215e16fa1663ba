"""Ends of alerts that neither began nor ended the incident."""

from datetime import timedelta

from collector.event import Kind
from collector.postmortem.verify.facts import Facts
from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.statement import Statement

_ROUNDED = timedelta(minutes=1)


def alert_ends_apart(statement: Statement, mention: Mention, facts: Facts) -> bool:
    """Whether this part has the end of a named alert, and the incident neither began nor ended with that alert."""
    part = statement.part(mention.start)
    names = {one.value for one in statement.within([part], "alert")}
    if not names or not any(topic.name == "alert is resolved" for topic in part.topics):
        return False
    kinds = (Kind.ALERT_FIRING, Kind.ALERT_RESOLVED)
    ours = [fact for fact in facts.of_kinds(kinds) if fact.event.keys.alert in names]
    return not any(abs(fact.at - phase.at) <= _ROUNDED for fact in ours for phase in facts.phases.values())
