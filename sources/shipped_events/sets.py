"""Rollouts of StatefulSets, which Events show only by the replacement of pods."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from msgspec.structs import replace

from collector.event import Event
from sources.cluster.event_objects import Record, summary
from sources.cluster.event_reports import to_event
from sources.cluster.facts.rollouts import RolloutName, rollout_started
from sources.cluster.inventory import Inventory
from sources.fact import Moment, report

_KIND = "StatefulSet"
_LONGEST = timedelta(minutes=15)
"""The longest time between removing a pod and making it again: its grace period, and a volume to be detached."""
_SKEW = timedelta(seconds=2)


def set_rollouts(records: Sequence[Record], inventory: Inventory, source: str) -> Iterator[Event]:
    """The start of each rollout.

    In a rollout, the controller itself removes pods to replace them, from the highest number down. When it scales down,
    it does not make them again; if somebody else deletes a pod, it only makes it again. The version that is rolled out,
    and whether it ran before, is not known.
    """
    for ours in _by_set(records):
        last: int | None = None
        for moment, record in _replaced(ours):
            number = _ordinal(record)
            if last is None or number >= last:
                event = to_event(record, source, inventory)
                # The version has no name here, so the Event merges with no others.
                name = RolloutName(subject=replace(event.subject, pod=""), template="")
                yield report(
                    rollout_started(name, shown_by=summary(record)),
                    moment,
                    source=source,
                    native_id=f"{record.uid}/{moment.earliest:%Y-%m-%dT%H:%M:%SZ}",
                    query=event.query,
                    keys=event.keys,
                )
            last = number


def _by_set(records: Iterable[Record]) -> Iterable[list[Record]]:
    found: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        if record.kind == _KIND:
            found.setdefault((record.about_namespace, record.about), []).append(record)
    return [ours for _, ours in sorted(found.items())]


def _replaced(ours: Sequence[Record]) -> list[tuple[Moment, Record]]:
    """The removals after which the same pod was made again, in order; without pods that had failed."""
    made = [(moment, record.pod) for record in ours if record.reason == "SuccessfulCreate" for moment in _known(record)]
    failed = [moment for record in ours if record.reason == "RecreatingFailedPod" for moment in _known(record)]
    found = []
    for record in ours:
        for moment in _known(record) if record.reason == "SuccessfulDelete" and record.pod else ():
            again = any(
                pod == record.pod and moment.earliest <= at.latest and at.earliest <= moment.latest + _LONGEST
                for at, pod in made
            )
            if again and not any(abs(at.earliest - moment.earliest) <= _SKEW for at in failed):
                found.append((moment, record))
    return sorted(found, key=lambda each: (each[0], -_ordinal(each[1])))


def _known(record: Record) -> list[Moment]:
    """The occurrences with a known time: pod names come back, and the messages about them with them."""
    return [record.first, record.last] if record.last.earliest > record.first.earliest else [record.first]


def _ordinal(record: Record) -> int:
    number = record.pod.rpartition("-")[2]
    return int(number) if number.isdecimal() and len(number) < 10 else 0
