"""The facts that a part of a draft may be about."""

import re
from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from collector.event import Kind
from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.parts import Part
from collector.postmortem.verify.statement import Statement
from collector.postmortem.verify.topic import Topic

_DEPLOYS = ("deploy", "rollback")
_RUNS = (Kind.RUN_STARTED, Kind.RUN_SUCCEEDED, Kind.RUN_FAILED)
_ROLLBACKS = (Kind.ROLLBACK_STARTED, Kind.ROLLBACK_COMPLETED)
_OF_NOBODY = ("alert", "note", "annotation", "node", "phase", "silence")
"""Prefixes of the kinds of facts that need not name a service."""


class Candidates(Struct, frozen=True):
    """The facts in the evidence that a statement may be about."""

    deciding: tuple[Fact, ...]
    """If the draft agrees with none of them, it is wrong."""
    agreeing: tuple[Fact, ...]
    """Other facts that may be meant."""


def candidates(statement: Statement, scope: Sequence[Part], topics: Iterable[Topic], facts: Facts) -> Candidates:
    """The facts about the topics of these parts of a statement, and about the services and alerts that it names."""
    deciding: list[Fact] = []
    agreeing: list[Fact] = []
    for topic in topics:
        ours = facts.of_kinds(topic.decides)
        # Most CI runs deploy nothing, so only those in rows count.
        ours = [fact for fact in ours if fact.in_row or fact.kind not in _RUNS]
        if topic.subject in _DEPLOYS and topic.name != "deploy fails":
            wanted = topic.subject == "rollback"
            others = [fact for fact in (*ours, *facts.of_kinds(_ROLLBACKS)) if fact.rollback != wanted]
            ours = [fact for fact in ours if fact.rollback == wanted]
            versions = {one.value for one in statement.within(scope, "version")}
            # People may call a rollback what the tool calls a deploy, and the other way round.
            others = [one for one in others if (wanted and not versions) or one.event.keys.version in versions]
            agreeing += named(statement, scope, others)
        if topic.subject == "change":
            # Only a version identifies the change that is meant.
            versions = _values(statement, scope, "version")
            # The version of a CI run may be a branch such as `main`, while its row shows the version that it deployed.
            ours = [
                one
                for one in ours
                if one.event.keys.version in versions or (one.is_row and _has_version(one, versions))
            ]
        ours = named(statement, scope, ours)
        # If the statement names nobody, facts outside rows decide nothing: they are routine.
        decided = any(fact.in_row for fact in ours) or _names_somebody(statement, scope, topic)
        (deciding if decided else agreeing).extend(ours)
        agreeing += [
            fact for fact in named(statement, scope, facts.of_kinds(topic.agrees)) if not _too_late(fact, topic, facts)
        ]
        if topic.subject == "" and topic.name in facts.phases:
            deciding.append(facts.phases[topic.name])
        agreeing += [fact for fact in facts.phases.values() if fact.kind in topic.agrees]
    return Candidates(tuple(deciding), tuple(agreeing))


def named(statement: Statement, scope: Sequence[Part], found: Sequence[Fact]) -> list[Fact]:
    """The facts about the alerts and services that the statement names; if it names none, those in rows."""
    alerts = _values(statement, scope, "alert")
    services = _values(statement, scope, "service")
    kept = [fact for fact in found if not alerts or fact.event.keys.alert in ("", *alerts)]
    if services:
        exact = [fact for fact in kept if fact.service in services or _needs_no_service(fact)]
        loose = exact if any(fact.service for fact in exact) else [fact for fact in kept if _loosely(fact, services)]
        # `The pods of dns crash, and requests fail in 12 services`: only a name in the part itself is surely meant.
        if loose or statement.within(scope, "service"):
            return loose
    if alerts:
        return kept
    # Facts about pods are so frequent that without a row a matching time means nothing.
    return [fact for fact in kept if fact.in_row] or [fact for fact in kept if not fact.kind.startswith("pod.")]


def of_version(found: Sequence[Fact], versions: Collection[str]) -> tuple[Fact, ...]:
    """The facts about one of the versions, or without a version; all facts if `versions` is empty."""
    of_facts = [(fact, {fact.event.keys.version, fact.event.keys.replaces} - {""}) for fact in found]
    # A failed CI run may not have reported its version.
    return tuple(fact for fact, its in of_facts if not versions or not its or its & set(versions))


def _has_version(fact: Fact, versions: Collection[str]) -> bool:
    return any(re.search(rf"(?<![\w.-])v?{re.escape(version)}(?![\w-]|\.\w)", fact.text) for version in versions)


def _names_somebody(statement: Statement, scope: Sequence[Part], topic: Topic) -> bool:
    # An alert in the same part does not identify the pods that are meant.
    types = ("alert", "service", "version") if topic.subject in ("alert", "") else ("service", "version")
    return any(_values(statement, scope, type_) for type_ in types)


def _too_late(fact: Fact, topic: Topic, facts: Facts) -> bool:
    """Whether the topic is the detection, and the fact is later than that."""
    phase = facts.phases.get(topic.name) if topic.name == "detected" and not topic.subject else None
    return phase is not None and fact.at > phase.latest


def _needs_no_service(fact: Fact) -> bool:
    return not fact.service and fact.kind.startswith(_OF_NOBODY)


def _loosely(fact: Fact, services: Collection[str]) -> bool:
    return _needs_no_service(fact) or any(
        name in fact.service or (fact.service and fact.service in name) for name in services
    )


def _values(statement: Statement, scope: Sequence[Part], type_: str) -> set[str]:
    """The values of this type in these parts, else in the whole sentence."""
    near = {one.value for one in statement.within(scope, type_)}
    return near or {one.value for one in statement.mentions if one.type == type_}
