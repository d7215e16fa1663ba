"""Rollouts of StatefulSets, which nothing but the replacement of their pods shows where only Events are known."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from collector.event import Event, Kind
from sources.kubernetes.inventory import Inventory
from sources.kubernetes.objects import Moment
from sources.kubernetes.records import Record, summary, to_event

_KIND = "StatefulSet"
_LONGEST = timedelta(minutes=15)
"""From when a pod is removed to when it is made again: its grace period, and a detached volume."""
_SKEW = timedelta(seconds=2)


def set_rollouts(records: Sequence[Record], inventory: Inventory, source: str) -> Iterator[Event]:
    """The start of each. The controller itself removes pods to replace them in a rollout, from the highest number
    down, or for good when it scales down; a pod that somebody else deleted it only makes again. What is rolled out,
    and whether it ran before, is not known.
    """
    for ours in _by_set(records):
        last: int | None = None
        for moment, said in _replaced(ours):
            number = _ordinal(said)
            if last is None or number >= last:
                event = to_event(said, source, inventory)
                yield replace(
                    event,
                    kind=Kind.ROLLOUT_STARTED,
                    at=moment.earliest,
                    earliest=moment.earliest,
                    latest=moment.latest,
                    summary=f"Rollout of {said.about} started: {summary(said)}",
                    native_id=f"{said.uid}/{moment.earliest:%Y-%m-%dT%H:%M:%SZ}",
                    subject=replace(event.subject, pod=""),
                    numbers={},
                    fact="",
                )
            last = number


def _by_set(records: Iterable[Record]) -> Iterable[list[Record]]:
    found: dict[tuple[str, str], list[Record]] = {}
    for said in records:
        if said.kind == _KIND:
            found.setdefault((said.about_namespace, said.about), []).append(said)
    return [ours for _, ours in sorted(found.items())]


def _replaced(ours: Sequence[Record]) -> list[tuple[Moment, Record]]:
    """The removals after which the same pod was made again, in order; not of pods that had failed."""
    made = [(moment, said.pod) for said in ours if said.reason == "SuccessfulCreate" for moment in _known(said)]
    failed = [moment for said in ours if said.reason == "RecreatingFailedPod" for moment in _known(said)]
    found = []
    for said in ours:
        for moment in _known(said) if said.reason == "SuccessfulDelete" and said.pod else ():
            again = any(
                pod == said.pod and moment.earliest <= at.latest and at.earliest <= moment.latest + _LONGEST
                for at, pod in made
            )
            if again and not any(abs(at.earliest - moment.earliest) <= _SKEW for at in failed):
                found.append((moment, said))
    return sorted(found, key=lambda each: (each[0], -_ordinal(each[1])))


def _known(said: Record) -> list[Moment]:
    """The occurrences that have a time: the names of pods come back, and with them what is said of them."""
    return [said.first, said.last] if said.last.earliest > said.first.earliest else [said.first]


def _ordinal(said: Record) -> int:
    number = said.pod.rpartition("-")[2]
    return int(number) if number.isdecimal() and len(number) < 10 else 0
