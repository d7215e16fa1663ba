"""An autoscaler's scaling: its own Event has the new size and why, the Deployment controller's Event the old size."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from msgspec.structs import replace

from collector.event import SECOND, Event, Kind, Subject
from sources.cluster.facts.scaling import scaled
from sources.cluster.fields import text
from sources.cluster.inventory import Inventory

_SIZE = re.compile(r"SuccessfulRescale: New size: (\d{1,9})(?:; reason: (.*))?(?: \(.*\))", re.ASCII)
_AT_ONCE = timedelta(seconds=15)
"""The controller scales within this time after the autoscaler has set the size."""


def autoscaled(events: Iterable[Event], inventory: Inventory) -> list[Event]:
    """The Events; an autoscaler's Event and that of the scaling it caused become one fact.

    `numbers` of an autoscaler's Event: `replicas`, and `was`, the size before, if anything shows it. If it set the same
    size three times or more, the times between the first and the last are not kept: `repeated` is how many there were,
    and `repeated_until` the Unix second of the last. If the autoscaler itself is not known, its target is taken from
    the only scaling in its namespace that fits.
    """
    given: list[Event] = []
    for event in events:
        given += _occurrences(event) if event.kind == Kind.SCALED else (event,)
    targets = _targets(inventory)
    steps_in: dict[str, list[Event]] = {}
    for event in given:
        if event.kind == Kind.SCALED and "replicas" in event.numbers:
            steps_in.setdefault(event.subject.namespace, []).append(event)
    caused: dict[int, Event] = {}
    for index, event in enumerate(given):
        size = _SIZE.match(event.summary) if event.kind == Kind.SCALED else None
        if size is None:
            continue
        steps = steps_in.get(event.subject.namespace, [])
        target = targets.get((event.subject.namespace, event.subject.workload.partition("/")[2]))
        fitting = [step for step in steps if _fits(step, event, float(size[1]), target)]
        step = fitting[0] if len(fitting) == 1 else None
        subject = step.subject if step else target or event.subject
        was = step.numbers.get("was") if step else None
        if was is None:
            was = _before([each for each in steps if each.subject == subject], event)
        fact = scaled(subject, int(size[1]), None if was is None else int(was), by="its autoscaler", why=size[2] or "")
        numbers = {**event.numbers, "replicas": float(size[1])} | ({} if was is None else {"was": was})
        given[index] = replace(event, subject=subject, numbers=numbers, summary=fact.words)
        if step:
            given[index] = replace(given[index], merge_key=step.merge_key)
            # The same scaling, seen a moment later by another controller.
            caused[id(step)] = replace(step, earliest=min(step.earliest, event.latest), summary=fact.words)
        elif subject.workload != event.subject.workload:
            given[index] = replace(given[index], merge_key=fact.merge_key)
    return [caused.get(id(event), event) for event in given]


def _occurrences(event: Event) -> Iterator[Event]:
    """The first and the last time that an autoscaler set a size: equal messages are counted in one Event object."""
    count = event.numbers.get("count", 1)
    if count < 2 or event.latest - event.earliest <= SECOND or not _SIZE.match(event.summary):
        yield event
        return
    last = event.latest - SECOND
    numbers = {"repeated": count - 2, "repeated_until": last.timestamp()} if count > 2 else {}
    yield replace(event, latest=event.earliest + SECOND, at=event.earliest, numbers=numbers)
    yield replace(event, earliest=last, at=last, numbers={}, native_id=f"{event.native_id}/last")


def _fits(step: Event, event: Event, size: float, target: Subject | None) -> bool:
    """Whether `step` is the scaling that this Event of an autoscaler caused."""
    at_once = event.earliest - SECOND <= step.at <= event.earliest + _AT_ONCE
    its = step.subject == target if target else step.subject.namespace == event.subject.namespace
    return its and at_once and step.numbers["replicas"] == size


def _targets(inventory: Inventory) -> dict[tuple[str, str], Subject]:
    """The target of each HorizontalPodAutoscaler, by the autoscaler's namespace and name."""
    found = {}
    for item in inventory.raw_objects.get("horizontalpodautoscalers", []):
        namespace, name = text(item, "metadata", "namespace"), text(item, "metadata", "name")
        kind, target = text(item, "spec", "scaleTargetRef", "kind"), text(item, "spec", "scaleTargetRef", "name")
        subject = inventory.subject(namespace, kind, target)
        if subject.workload:
            found[namespace, name] = subject
    return found


def _before(steps: Sequence[Event], event: Event) -> float | None:
    """The size after the last earlier scaling, if any is known."""
    earlier = [step for step in steps if step.at < event.earliest - SECOND]
    return max(earlier, key=lambda step: step.at).numbers["replicas"] if earlier else None
