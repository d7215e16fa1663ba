"""Why containers ended: which ends are crashes, which have another cause, and which containers end again and again.

An eviction, a deletion, a failed probe, a reboot or a shutdown ends containers with the exit codes of crashes (137,
143); these ends are part of whatever caused them.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from collector.event import Event
from sources.cluster.crash_loops import loop_events
from sources.cluster.facts import containers as facts
from sources.cluster.pod_history import Death, PodInstance
from sources.fact import Fact, Moment, report

_EARLY = timedelta(seconds=2)
"""How much the stamps of a pod's stop and of its containers' ends may be out of order."""
_SLOW = timedelta(seconds=5)
"""A container that is killed after its grace period has ended within this time."""
_RETURN = timedelta(minutes=10)
"""A node is back from a reboot within this time after its containers ended."""
_SHORTAGE = timedelta(seconds=10)
"""A kernel that is out of memory kills a process, and the node reports the shortage, within this time."""
_KILLED = 137
_SIGNALS = (_KILLED, 143, 255)
"""The exit codes of containers that were made to end."""
_LOST_STATUS_REASONS = ("ContainerStatusUnknown", "Unknown")
"""The reasons reported for containers that were gone when the kubelet or the container runtime came back."""


def death_events(pod: PodInstance, source: str) -> Iterator[Event]:
    """One Event for each crash or kill for lack of memory, and one for each crash loop."""
    crashes = []
    for death in pod.deaths:
        fact = _fact(pod, death)
        if fact is not None:
            numbers = {"exit_code": death.code, "restarts": death.restarts}
            numbers |= {"count": death.count} if death.count > 1 else {}
            yield report(
                fact,
                death.when,
                source=source,
                native_id=death.evidence.native_id,
                at=death.at,
                keys=pod.keys,
                numbers={name: number for name, number in numbers.items() if number is not None},
                url=death.evidence.url,
                query=death.evidence.query,
                reason=death.reason,
            )
        if not _has_other_cause(pod, death):
            crashes.append(death)
    yield from loop_events(pod, crashes, source)


def _fact(pod: PodInstance, death: Death) -> Fact | None:
    code = "" if death.code is None else f" with exit code {death.code}"
    words = f"container {death.container} ended{code} ({death.reason or 'no reason given'})"
    ended = death.when.earliest if death.stamped else None
    if death.reason == "OOMKilled":
        return facts.killed_for_memory(pod.subject, pod.uid, death.container, ended, words)
    if death.code == 0 or death.reason == "Completed" or _stopped(pod, death) or _killed_for_probe(pod, death):
        return None
    if _rebooted(pod, death):
        return facts.stopped(pod.subject, pod.uid, death.container, ended, f"{words} with its node")
    shortage = _shortage(pod, death)
    if shortage:
        words += f" while its node was out of memory ({shortage})"
        return facts.killed_for_memory(pod.subject, pod.uid, death.container, ended, words)
    return facts.crashed(pod.subject, pod.uid, death.container, ended, words)


def _has_other_cause(pod: PodInstance, death: Death) -> bool:
    return _stopped(pod, death) or _killed_for_probe(pod, death) or _rebooted(pod, death)


def _stopped(pod: PodInstance, death: Death) -> bool:
    """Whether the container ended because its pod was to stop, was evicted, or was done and stopped its sidecars."""
    if pod.stop_requested:
        asked = pod.stop_requested.when.earliest
        # Between two samples the order is unknown; but a container that is to stop is not started again.
        if death.when.latest > asked if death.stamped else death.when.earliest >= asked:
            return True
    evicted = [one.at or one.when.earliest for one in pod.evicted] + [when.earliest for when in pod.stops]
    if any(death.when.latest >= at - _EARLY for at in evicted):
        return True
    return death.final and pod.completed


def _killed_for_probe(pod: PodInstance, death: Death) -> bool:
    grace = timedelta(seconds=pod.grace) + _SLOW
    return any(_within(death.when, kill.earliest - _EARLY, kill.latest + grace) for kill in pod.probe_kills)


def _rebooted(pod: PodInstance, death: Death) -> bool:
    if death.reason in _LOST_STATUS_REASONS:
        return True
    ends = any(_within(death.when, back.earliest - _RETURN, back.latest + _SLOW) for back in pod.reboots)
    return ends and death.code in _SIGNALS


def _shortage(pod: PodInstance, death: Death) -> str:
    """What its node reports about a lack of memory at the time of the end; empty if it reports none."""
    if death.code != _KILLED:
        return ""
    reports = (
        words
        for when, words in pod.node_shortages
        if _within(death.when, when.earliest - _SHORTAGE, when.latest + _SHORTAGE)
    )
    return next(reports, "")


def _within(when: Moment, begin: datetime, end: datetime) -> bool:
    return begin <= when.latest and when.earliest <= end
