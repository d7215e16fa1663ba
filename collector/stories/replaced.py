"""Pods that were stopped and recreated outside of any rollout: deleted by hand, or by something unseen."""

from collections.abc import Iterable, Sequence, Set
from datetime import UTC, datetime, timedelta

from collector.event import Kind
from collector.merge import Occurrence
from collector.services.resolve import Directory
from collector.spans import Spans
from collector.stories.rollouts import workload
from collector.stories.story import Step, Story, StoryType

_PODS = frozenset({Kind.POD_TERMINATED, Kind.POD_SCHEDULED})
_EXPLAIN = frozenset({Kind.SCALED, Kind.POD_EVICTED, Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED, Kind.JOB_FAILED})
_NODES = frozenset({Kind.NODE_DRAINED, Kind.NODE_NOT_READY, Kind.NODE_CHANGED})
KINDS = _PODS | _EXPLAIN | _NODES | {Kind.POD_UNSCHEDULABLE}
"""The kinds that show that pods were replaced, and whether anything else explains it."""
_EXPLAINED = timedelta(minutes=3)
"""Pods that come or go this close to a scaling, an eviction or the start of a rollout do so because of it."""
_MANY = 3
_TOGETHER = timedelta(minutes=5)
_OWNERS = ("Deployment/", "StatefulSet/", "DaemonSet/", "Rollout/")


def replacements(
    occurrences: Sequence[Occurrence], taken: Set[int], deploys: Iterable[Story], directory: Directory
) -> list[Story]:
    """A story for each workload and time: pods stopped outside of rollouts, and the pods that replaced them.

    `taken` has the id() of each Occurrence that belongs to a deploy.
    """
    ours: dict[tuple[str, ...], list[Occurrence]] = {}
    causes: dict[tuple[str, ...], list[tuple[datetime, datetime]]] = {}
    away: list[tuple[datetime, datetime]] = []
    scaled: dict[tuple[str, ...], datetime] = {}
    waited: set[tuple[str, str, str]] = set()
    for one in occurrences:
        best, kind = one.best, one.best.kind
        if kind in _PODS:
            if id(one) not in taken and best.subject.workload.startswith(_OWNERS):
                ours.setdefault(workload(one), []).append(one)
            continue
        if kind == Kind.POD_UNSCHEDULABLE:
            waited.add(_pod(one))
        span = (best.earliest - _EXPLAINED, _until(one) + _EXPLAINED)
        if kind in _EXPLAIN and best.subject.workload.startswith(_OWNERS):
            causes.setdefault(workload(one), []).append(span)
        if _away(one):
            away.append(span)
        if kind == Kind.SCALED:
            scaled.setdefault(workload(one), best.at)
    for deploy in deploys:
        for part in deploy.parts_of(StoryType.ROLLOUT):
            span = (part.since - _EXPLAINED, part.until + _EXPLAINED)
            causes.setdefault(workload(part.first), []).append(span)
    nodes = Spans(away)
    found = []
    for name, seen in ours.items():
        spans = Spans(causes.get(name, ()))
        free = [one for one in seen if one.best.at not in spans and (one.best.actor or one.best.at not in nodes)]
        for together in _stretches(free):
            new_only = all(one.kind == Kind.POD_SCHEDULED for one in together)
            if new_only and all(_pod(one) in waited for one in together):
                # They could not be scheduled before; that is the story to report.
                continue
            if name not in scaled or not new_only:
                found.append(_story(together, directory))
            elif together[0].best.at < scaled[name] and len(together) >= _MANY:
                # The Event of the scaling has expired, but its pods still exist. Later pods waited for a node.
                found.append(_story(together, directory, "scaled"))
    return found


def _until(one: Occurrence) -> datetime:
    """When it may have happened last; the times of repetitions are not recorded."""
    repeated = one.best.numbers.get("repeated_until")
    return one.best.latest if repeated is None else max(one.best.latest, datetime.fromtimestamp(repeated, UTC))


def _pod(one: Occurrence) -> tuple[str, str, str]:
    subject = one.best.subject
    return subject.cluster, subject.namespace, subject.pod


def _away(one: Occurrence) -> bool:
    """Whether a node goes away, so that its pods come back on others."""
    return one.kind in _NODES and "was added" not in one.best.summary


def _story(together: Sequence[Occurrence], directory: Directory, manner: str = "") -> Story:
    stopped = tuple(one for one in together if one.kind == Kind.POD_TERMINATED)
    new = tuple(one for one in together if one.kind == Kind.POD_SCHEDULED)
    subject = together[0].best.subject
    steps = {Step.STARTED: stopped or new, Step.PODS_READY: new if stopped else ()}
    kept = {step: seen for step, seen in steps.items() if seen}
    service = directory.resolve(subject).service
    about = subject.workload.partition("/")[2]
    return Story(StoryType.REPLACED, service, about, kept, (), manner, keys=together[0].best.keys)


def _stretches(seen: Iterable[Occurrence]) -> list[list[Occurrence]]:
    groups: list[list[Occurrence]] = []
    for one in seen:
        if groups and one.best.at - groups[-1][-1].best.at <= _TOGETHER:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups
