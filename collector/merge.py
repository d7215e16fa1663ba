"""Merging: what several sources report about one thing becomes one Occurrence with all their evidence."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from collector.clusters import CLOCKS_APART as CLOCKS_APART
from collector.clusters import clusters
from collector.event import Event, Identity, Kind, Subject, order
from collector.spans import Overlaps

_SAME = (
    frozenset({Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED}),
    frozenset({Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_COMPLETED}),
    frozenset({Kind.ROLLOUT_STUCK}),
)
"""Kinds that a source without revisions cannot distinguish."""
_FIELDS: Mapping[type, Sequence[str]] = {of: of.__struct_fields__ for of in (Identity, Subject)}
_EMPTY: Mapping[type, object] = {Identity: Identity(), Subject: Subject()}
_ROLLED = frozenset().union(*_SAME)

Keys = TypeVar("Keys", Identity, Subject)


class Occurrence(Struct, frozen=True):
    """One thing that happened, with every Event that reports it."""

    best: Event
    """The most exact of the Events, with its empty fields filled from the others."""
    events: tuple[Event, ...]
    """In order; never empty."""

    @property
    def kind(self) -> Kind:
        """Kind of `best`."""
        return self.best.kind

    @property
    def service(self) -> str:
        """Name of the service of `best`."""
        return self.best.subject.service


def merge(events: Iterable[Event]) -> list[Occurrence]:
    """Put every Event into exactly one Occurrence; the Occurrences are in order of time and cause.

    Events are one Occurrence if kind and `merge_key` agree and their times overlap, or are at most CLOCKS_APART from
    each other and come from different sources. A rollout without a revision joins the nearest rollout of the same
    workload, within that distance, that another source reports with a revision.
    """
    by_key: dict[tuple[Kind, str], list[Event]] = {}
    found: list[Occurrence] = []
    for event in events:
        if event.merge_key:
            by_key.setdefault((event.kind, event.merge_key), []).append(event)
        else:
            found.append(Occurrence(event, (event,)))
    for alike in by_key.values():
        if len(alike) == 1:
            found.append(Occurrence(alike[0], (alike[0],)))
        else:
            found.extend(_occurrence(together) for together in clusters(alike))
    return sorted(_with_unnamed_rollouts(found), key=lambda occurrence: order(occurrence.best))


def filled(known: Keys, other: Keys) -> Keys:
    """`known`, with its empty fields taken from `other`."""
    if known is other or known == other:
        return known
    if known == _EMPTY[type(known)]:
        return other
    empty = [name for name in _FIELDS[type(known)] if not getattr(known, name)]
    missing = {name: found for name in empty if (found := getattr(other, name))}
    return replace(known, **missing) if missing else known


def _with_unnamed_rollouts(found: Sequence[Occurrence]) -> list[Occurrence]:
    """The same, with each rollout without a revision merged into the nearest one with a revision of another source."""
    loose, kept = [], []
    named: dict[tuple[str, ...], list[Occurrence]] = {}
    for one in found:
        if one.best.kind not in _ROLLED:
            kept.append(one)
        elif one.best.keys.replica_set:
            named.setdefault(_workload(one), []).append(one)
        else:
            loose.append(one)
    reaches = {
        workload: Overlaps(
            (other.best.earliest - CLOCKS_APART, other.best.latest + CLOCKS_APART, at) for at, other in enumerate(ours)
        )
        for workload, ours in (named.items() if loose else ())
    }
    for one in sorted(loose, key=lambda one: order(one.best)):
        candidates = named.get(_workload(one), []) if one.best.subject.workload else []
        reach = reaches[_workload(one)].at(one.best.earliest, one.best.latest) if candidates else ()
        homes = [at for at in reach if _is_same_rollout(candidates[at], one)]
        if not homes:
            kept.append(one)
            continue
        home = min(homes, key=lambda at: (abs(candidates[at].best.at - one.best.at), order(candidates[at].best)))
        best, other = candidates[home].best, one.best
        best = replace(best, keys=filled(best.keys, other.keys), numbers={**other.numbers, **best.numbers})
        candidates[home] = Occurrence(best, tuple(sorted((*candidates[home].events, *one.events), key=order)))
    return kept + [one for ours in named.values() for one in ours]


def _workload(one: Occurrence) -> tuple[str, ...]:
    subject = one.best.subject
    return (subject.cluster, subject.namespace, subject.workload)


def _is_same_rollout(named: Occurrence, loose: Occurrence) -> bool:
    """Whether two nearby rollouts of one workload may be the same one."""
    alike = any(named.kind in kinds and loose.kind in kinds for kinds in _SAME)
    apart = {event.source for event in named.events}.isdisjoint(event.source for event in loose.events)
    return alike and apart


def _occurrence(events: Sequence[Event]) -> Occurrence:
    if len(events) == 1:
        return Occurrence(events[0], (events[0],))
    exact_first = sorted(events, key=lambda event: (event.latest - event.earliest, order(event)))
    best = exact_first[0]
    keys, subject, numbers = best.keys, best.subject, best.numbers
    actor, description, reason, manner = best.actor, best.description, best.reason, best.manner
    for other in exact_first[1:]:
        keys, subject = filled(keys, other.keys), filled(subject, other.subject)
        numbers = {**other.numbers, **numbers}
        actor, description = actor or other.actor, _fuller(description, other.description)
        reason, manner = reason or other.reason, manner or other.manner
    best = replace(best, keys=keys, subject=subject, numbers=numbers)
    best = replace(best, actor=actor, description=description, reason=reason, manner=manner)
    return Occurrence(best, tuple(sorted(events, key=order)))


def _fuller(one: str, other: str) -> str:
    """The more complete text: an ellipsis marks a value that a source did not know."""
    return one if one and ("…" not in one or "…" in other or not other) else other
