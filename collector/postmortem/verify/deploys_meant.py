"""Finds the deploys and rollbacks that a version, run or commit in a draft belongs to."""

import re
from datetime import timedelta

from collector.postmortem.verify.candidates import candidates
from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.statement import Statement
from collector.postmortem.verify.topic_kinds import COMPLETED, STARTED
from collector.postmortem.verify.topic_table import TOPICS
from collector.postmortem.verify.version_roles import role_of

IT_REPLACED = re.compile(r"\W*(?:it|this|that|es|sie) (?:was |had )?(?:replac|supersed|ersetz)", re.IGNORECASE)
_ROLES = ("deploy", "rollback")


def deploys_meant(statement: Statement, mention: Mention, facts: Facts, shift: timedelta) -> tuple[list[Fact], bool]:
    """The deploys and rollbacks that the text around a mention is about, and whether its time identifies them."""
    scope, topics = statement.around(mention)
    ours = [topic for topic in topics if topic.subject in _ROLES]
    if not ours and mention.type == "version":
        return _of_pair(statement, mention, facts), False
    if not ours:
        return _runs_then(statement, mention, facts, shift) if mention.type == "run" else ([], False)
    found = [fact for fact in candidates(statement, scope, ours, facts).deciding if _knows(fact, mention)]
    if not found:
        # A failed run may not have reported its version, but other facts of the same deploy may.
        names = {topic.subject for topic in ours}
        # If nothing was rolled back, a revert was deployed as a new version.
        names |= {"deploy"} if not any(fact.rollback for fact in facts.of_kinds(facts.by_kind)) else set()
        subjects = [topic for topic in TOPICS if topic.name in names]
        found = [fact for fact in candidates(statement, scope, subjects, facts).deciding if _knows(fact, mention)]
    home = statement.part(mention.start)
    times = [one for one in statement.times if home in statement.scope(one)[0]] or list(statement.leading)
    # The only time of a deploy in the sentence: `CI builds it as 1.5.1 and starts to deploy it at 15:30`.
    of_deploys = [one for one in statement.times if {topic.subject for topic in statement.scope(one)[1]} & {*_ROLES}]
    times = times or (list(statement.times) if len(statement.times) == 1 else of_deploys[: len(of_deploys) == 1])
    then = [fact for fact in found if any(time.meets(fact.earliest, fact.latest, shift) for time in times)]
    if then:
        # Runs and rollouts of one deploy report different details, so all facts of its story count.
        stories = {fact.story for fact in then if fact.story}
        return [fact for fact in found if fact in then or fact.story in stories], True
    return found, False


def went_out(statement: Statement, mention: Mention, facts: Facts, shift: timedelta) -> list[Fact]:
    """What was deployed at the time at which a version is reported to have gone out, or its pods to be ready."""
    scope, topics = statement.around(mention)
    out = any(topic.subject == "change" and topic.verb for topic in topics)
    ready = any(topic.name == "pods are ready" for topic in topics) and statement.text[: mention.start].endswith("on ")
    times = [one for one in statement.times if {statement.part(one.start)} & {*scope}] or list(statement.leading)
    if not (out or ready) or not times:
        return []
    kinds = (*STARTED, *COMPLETED)
    found = [fact for fact in facts.of_kinds(kinds) if fact.in_row and fact.event.keys.version]
    then = [fact for fact in found if any(time.meets(fact.earliest, fact.latest, shift) for time in times)]
    return then if len({fact.event.keys.version for fact in then}) == 1 else []


def _of_pair(statement: Statement, mention: Mention, facts: Facts) -> list[Fact]:
    """The deploys with the other version of a pair such as `Bad version: 8.0.0 (before: 7.9.3)`."""
    roles = {one: role_of(statement.text, one, back=False) for one in statement.mentions if one.type == "version"}
    before = statement.before
    if list(roles.values()) == ["from"] and before is not None and IT_REPLACED.match(statement.text):
        # `Dana released 2.9.0. It replaced 2.8.3.`
        roles |= {one: "to" for one in before.mentions if one.type == "version"}
    if sorted(roles.values()) != ["from", "to"]:
        return []
    (other,) = (one for one in roles if one != mention)
    found = [fact for fact in facts.of_kinds(facts.by_kind) if fact.in_row and not fact.rollback]
    keys = "replaces" if roles[other] == "from" else "version"
    return [fact for fact in found if fact.event.keys.version and getattr(fact.event.keys, keys) == other.value]


def _knows(fact: Fact, mention: Mention) -> bool:
    """Whether the fact has a version, or the run number or commit that the mention's type needs."""
    keys = fact.event.keys
    return bool(
        keys.version or (mention.type == "run" and keys.run_number) or (mention.type == "commit" and keys.commit)
    )


def _runs_then(statement: Statement, mention: Mention, facts: Facts, shift: timedelta) -> tuple[list[Fact], bool]:
    """The runs at the time of a sentence without a word about what happens: `11:19 second try (run 73)`."""
    home = statement.part(mention.start)
    times = [one for one in statement.times if home in statement.scope(one)[0]] or list(statement.leading)
    # Else the time directly before it: `(Dana, 11:02, run 71)`.
    times = times or [one for one in statement.times if statement.part(one.start).end == home.start]
    found = [fact for fact in facts.of_kinds(facts.by_kind) if fact.in_row and fact.event.keys.run_number]
    then = [fact for fact in found if any(time.meets(fact.earliest, fact.latest, shift) for time in times)]
    return then, bool(then)
