"""What is worth reporting about one pod: the rule for readiness, disruptions and failures to start."""

from collections.abc import Iterator
from datetime import timedelta

from msgspec.structs import replace

from collector.event import Event
from sources.cluster.container_deaths import death_events
from sources.cluster.facts import containers as container_facts
from sources.cluster.facts import pods as facts
from sources.cluster.pod_history import Lasting, Observation, PodInstance, Readiness
from sources.fact import Fact, Moment, report

OVERDUE = timedelta(minutes=2)
"""A pod that is still not ready this long after its start may be in trouble."""


def pod_events(pod: PodInstance, source: str) -> Iterator[Event]:
    """All Events that the pod's history shows, in no order."""
    for one in pod.scheduled:
        yield _reported(pod, facts.scheduled(pod.subject, one.why), one, source)
    for one in pod.unschedulable:
        yield _reported(pod, facts.unschedulable(pod.subject, one.why), one, source)
    for one in pod.evicted[:1]:
        yield _reported(pod, facts.evicted(pod.subject, one.how or "is evicted", one.why), one, source)
    if pod.stop_requested:
        how = pod.stop_requested.how or "is being terminated"
        yield _reported(pod, facts.terminated(pod.subject, how), pod.stop_requested, source)
    yield from _readiness(pod, source)
    for state in pod.start_failures:
        yield _lasting(pod, facts.start_failed(pod.subject, state.why), state, source)
    for state in pod.image_failures:
        words = f"an image cannot be pulled ({state.why})"
        yield _lasting(pod, container_facts.image_failed(pod.subject, words), state, source)
    if pod.not_ready and not (pod.start_failures or pod.image_failures):
        yield _lasting(pod, facts.not_ready(pod.subject, pod.not_ready.why), pod.not_ready, source)
    yield from death_events(pod, source)


def _was_to_stop(pod: PodInstance, when: Moment) -> bool:
    """Whether the pod was to stop by then, which explains why it is not ready."""
    ended = [one.when.earliest for one in (pod.stop_requested, *pod.evicted) if one]
    return any(when.latest >= at for at in ended)


def _readiness(pod: PodInstance, source: str) -> Iterator[Event]:
    """The first time that the pod is ready, and each later loss and return of readiness."""
    ever = pod.was_ready
    for change in pod.readiness:
        if change.ready:
            fact = facts.recovered(pod.subject) if ever else facts.ready(pod.subject)
            yield _reported(pod, fact, change, source)
            ever = True
        elif ever and not (_was_to_stop(pod, change.when) or pod.completed or pod.failed):
            yield _reported(pod, facts.unready(pod.subject, change.why), change, source)


def _reported(pod: PodInstance, fact: Fact, one: Observation, source: str) -> Event:
    return report(
        fact,
        one.when,
        source=source,
        native_id=one.evidence.native_id,
        at=one.at,
        keys=pod.keys,
        numbers=one.numbers if isinstance(one, Readiness) else {},
        actor=one.evidence.actor,
        url=one.evidence.url,
        query=one.evidence.query,
        reason=one.reason,
    )


def _lasting(pod: PodInstance, fact: Fact, state: Lasting, source: str) -> Event:
    """The Event of a state, from its beginning until it was last seen."""
    event = _reported(pod, fact, state, source)
    return replace(event, latest=max(event.latest, state.until or event.latest))
