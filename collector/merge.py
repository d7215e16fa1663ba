"""Merging: one fact seen by several sources becomes one Fact with all their evidence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import TypeVar

from collector.event import Event, Identity, Kind, Subject, order

CLOCKS_APART = timedelta(seconds=90)
"""How far two sources' times of one fact may lie apart: clock skew, and replicas that evaluate in turn."""

_SAME = (
    frozenset({Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED}),
    frozenset({Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_COMPLETED}),
    frozenset({Kind.ROLLOUT_STUCK}),
)
"""What a source that knows no revision cannot tell apart."""
_FIELDS: Mapping[type, Sequence[str]] = {of: [one.name for one in fields(of)] for of in (Identity, Subject)}
_ROLLED = frozenset().union(*_SAME)

Keys = TypeVar("Keys", Identity, Subject)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened, and every Event that tells of it."""

    what: Event
    """The most exact of the Events, with what the others know filled in where it knows nothing."""
    events: tuple[Event, ...]
    """In order; never empty."""

    @property
    def kind(self) -> Kind:
        """Kind of `what`."""
        return self.what.kind

    @property
    def service(self) -> str:
        """Service of `what`."""
        return self.what.subject.service


def merge(events: Iterable[Event]) -> list[Fact]:
    """Every Event in exactly one Fact; the Facts in the order of time and cause.

    Events are one fact if kind and `fact` agree and their times overlap, or lie at most CLOCKS_APART from each
    other when they come from different sources. A rollout whose source cannot name the revision is the one that
    another source names, of the same workload and as near.
    """
    by_fact: dict[tuple[Kind, str], list[Event]] = {}
    facts: list[Fact] = []
    for event in sorted(events, key=order):
        if event.fact:
            by_fact.setdefault((event.kind, event.fact), []).append(event)
        else:
            facts.append(Fact(event, (event,)))
    for alike in by_fact.values():
        facts.extend(_fact(together) for together in (_clusters(alike) if len(alike) > 1 else [alike]))
    return sorted(_named(facts), key=lambda fact: order(fact.what))


def _clusters(alike: Sequence[Event]) -> list[list[Event]]:
    """First what overlaps; then, the nearest first, what other sources' clocks put apart."""
    clusters: list[list[Event]] = []
    for event in alike:
        home = next((cluster for cluster in clusters if _belongs(event, cluster)), None)
        if home is None:
            clusters.append([event])
        else:
            home.append(event)
    joined = list(range(len(clusters)))
    for _, one, other in _pairs(clusters):
        to, gone = joined[one], joined[other]
        if to != gone and not _sources(clusters[to]) & _sources(clusters[gone]):
            clusters[to] += clusters[gone]
            clusters[gone] = []
            joined = [to if at == gone else at for at in joined]
    return [cluster for cluster in clusters if cluster]


def _pairs(clusters: Sequence[Sequence[Event]]) -> list[tuple[timedelta, int, int]]:
    """How far clusters of different sources are apart, those that may be one fact, the nearest first."""
    if len(clusters) < 2:
        return []
    spans = [(min(e.earliest for e in c), max(e.latest for e in c), _sources(c)) for c in clusters]
    ordered = sorted(range(len(clusters)), key=lambda number: (spans[number][0], number))
    found = []
    for index, one in enumerate(ordered):
        for other in ordered[index + 1 :]:
            apart = spans[other][0] - spans[one][1]
            if apart > CLOCKS_APART:
                break
            if not spans[one][2] & spans[other][2]:
                found.append((max(apart, timedelta()), min(one, other), max(one, other)))
    return sorted(found)


def _sources(cluster: Sequence[Event]) -> set[str]:
    return {event.source for event in cluster}


def _belongs(event: Event, cluster: Sequence[Event]) -> bool:
    """Whether it overlaps those of its own source, or of others if there are none of its own."""
    own = [other for other in cluster if other.source == event.source]
    return all(_near(event, other) for other in own) if own else any(_near(event, other) for other in cluster)


def _named(facts: Sequence[Fact]) -> list[Fact]:
    """The Facts, those of rollouts without a revision put to the nearest one of another source that has one."""
    rolled = [fact for fact in facts if fact.kind in _ROLLED]
    named = [fact for fact in rolled if fact.what.keys.replica_set]
    kept = [fact for fact in facts if fact.kind not in _ROLLED]
    for loose in (fact for fact in rolled if not fact.what.keys.replica_set):
        homes = [at for at, fact in enumerate(named) if _tells_of(fact, loose)] if loose.what.subject.workload else []
        if not homes:
            kept.append(loose)
            continue
        home = min(homes, key=lambda at: (abs(named[at].what.at - loose.what.at), order(named[at].what)))
        what, other = named[home].what, loose.what
        what = replace(what, keys=filled(what.keys, other.keys), numbers={**other.numbers, **what.numbers})
        named[home] = Fact(what, tuple(sorted((*named[home].events, *loose.events), key=order)))
    return kept + named


def _tells_of(fact: Fact, loose: Fact) -> bool:
    one, other = fact.what.subject, loose.what.subject
    same = (one.cluster, one.namespace, one.workload) == (other.cluster, other.namespace, other.workload)
    alike = any(fact.kind in kinds and loose.kind in kinds for kinds in _SAME)
    apart = {event.source for event in fact.events}.isdisjoint(event.source for event in loose.events)
    return same and alike and apart and _near(fact.what, loose.what, CLOCKS_APART)


def _near(one: Event, other: Event, slack: timedelta = timedelta()) -> bool:
    return one.earliest <= other.latest + slack and other.earliest <= one.latest + slack


def _fact(events: Sequence[Event]) -> Fact:
    if len(events) == 1:
        return Fact(events[0], (events[0],))
    exact_first = sorted(events, key=lambda event: (event.latest - event.earliest, order(event)))
    what = exact_first[0]
    keys, subject, numbers, actor, description = what.keys, what.subject, what.numbers, what.actor, what.description
    reason = next((event.reason for event in exact_first if event.reason), "")
    for other in exact_first[1:]:
        keys, subject = filled(keys, other.keys), filled(subject, other.subject)
        numbers = {**other.numbers, **numbers}
        actor, description = actor or other.actor, _fuller(description, other.description)
    what = replace(what, keys=keys, subject=subject, numbers=numbers, actor=actor, description=description)
    what = replace(what, reason=reason)
    return Fact(what, tuple(sorted(events, key=order)))


def _fuller(one: str, other: str) -> str:
    """The text that says more: an ellipsis stands where a source did not know a value."""
    return one if one and ("…" not in one or "…" in other or not other) else other


def filled(known: Keys, other: Keys) -> Keys:
    """`known`, with its empty fields taken from `other`."""
    if known == other:
        return known
    empty = [name for name in _FIELDS[type(known)] if not getattr(known, name)]
    missing = {name: found for name in empty if (found := getattr(other, name))}
    return replace(known, **missing) if missing else known
