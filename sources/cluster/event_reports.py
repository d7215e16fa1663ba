"""The Event of a single Event object: the fact that it reports, its subject and its time."""

import functools
import re
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from msgspec.structs import replace

from collector.event import Event, Subject
from sources.cluster.event_meanings import Meaning
from sources.cluster.event_objects import Record, meaning, others, path, summary
from sources.cluster.facts import containers, pods, volumes, warnings
from sources.cluster.facts.jobs import job_failed
from sources.cluster.facts.scaling import scaled
from sources.cluster.inventory import Attribution, Inventory
from sources.fact import Fact, Moment, report

_ASSIGNED = re.compile(r"Successfully assigned \S+ to (\S+)")
_RESTARTING = re.compile(
    r"back-off (?:\S+ )?restarting failed container(?:[ =](?!in pod )(?P<name>\S+))?(?: in pod | pod=)",
    re.IGNORECASE,
)
_OF_KUBELET = frozenset(
    {
        Meaning.CRASH_LOOP,
        Meaning.EVICTED,
        Meaning.IMAGE_FAILED,
        Meaning.NOT_READY,
        Meaning.OUT_OF_MEMORY,
        Meaning.PROBE_FAILED,
        Meaning.START_FAILED,
        Meaning.TERMINATED,
    }
)
"""What the kubelet of its node reports about a pod."""
_GRACE = timedelta(seconds=30)
"""The grace period of a pod with an unknown template: Kubernetes' default."""


def to_event(record: Record, source: str, inventory: Inventory, means: Meaning | None = None) -> Event:
    """The Event of one Event object, which covers all its occurrences from the first to the last.

    `means` is given if other evidence changes what the Event object means on its own.
    """
    means = meaning(record) if means is None else means
    attribution = _attribution(record, inventory)
    alone = means in (Meaning.NOTHING, Meaning.WARNING)
    first = record.first if record.similar is None or not alone else record.similar
    latest = max(record.first.latest, record.last.latest)
    if means == Meaning.TERMINATED:
        # The kubelet reports the first container that it stops; the pod is gone after its grace period at the latest.
        latest = max(latest, record.first.latest + (_GRACE if attribution.grace is None else attribution.grace))
    # A count of back-offs is not a count of ended containers.
    numbers = {"back_offs": record.count} if means == Meaning.CRASH_LOOP else _counted(record.count)
    subject = attribution.subject
    if record.host and subject.pod and means in _OF_KUBELET:
        subject = replace(subject, node=record.host)
    return report(
        _fact(record, means, subject, inventory.cluster),
        Moment(first.earliest, latest),
        source=source,
        native_id=record.uid,
        keys=attribution.keys,
        numbers=numbers,
        query=path(record),
        # The words of a failed Job contain the reason already.
        reason="" if means == Meaning.JOB_FAILED else record.reason,
    )


def subject_of(record: Record, inventory: Inventory) -> Subject:
    """The subject of an Event object."""
    return _attribution(record, inventory).subject


def _fact(record: Record, means: Meaning, subject: Subject, cluster: str) -> Fact:
    """The fact, worded the same as when other evidence reports it."""
    if means == Meaning.NOTHING and not record.similar:
        # Nine of ten Events in a large cluster are like this: a separate text as the key would double their memory.
        words = summary(record)
        return warnings.mention(subject, words, f"{cluster}/{words}" if cluster else words)
    # The fields by which a recorder aggregates Events into one, so the key is the same wherever Events are kept.
    key = f"{cluster}/{record.about_namespace}/{record.kind}/{record.about}/{record.reason}/{record.message}"
    if means == Meaning.WARNING:
        return warnings.warning(subject, summary(record), key)
    why = f"{record.reason}: {record.message}{others(record)}"
    match means:
        case Meaning.SCHEDULED:
            node = _ASSIGNED.fullmatch(record.message)
            return pods.scheduled(subject, node[1] if node else "")
        case Meaning.EVICTED:
            return pods.evicted(subject, why=why)
        case Meaning.UNSCHEDULABLE:
            return pods.unschedulable(subject, why)
        case Meaning.UNREADY:
            return pods.unready(subject, why)
        case Meaning.NOT_READY:
            return pods.not_ready(subject, why)
        case Meaning.TERMINATED:
            return pods.terminated(subject, quoted=summary(record))
        case Meaning.START_FAILED:
            about = subject if subject.workload else replace(subject, workload=f"{record.kind}/{record.about}")
            return pods.start_failed(subject if subject.pod else about, why)
        case Meaning.IMAGE_FAILED:
            return containers.image_failed(subject, f"an image cannot be pulled ({why})")
        case Meaning.CRASH_LOOP:
            # The rest of the message only repeats the pod's name, with its uid.
            waits = _RESTARTING.match(record.message)
            return containers.crash_loop(
                subject, (waits["name"] or "") if waits else "", record.reason if waits else why
            )
        case Meaning.PROBE_FAILED:
            return containers.killed_for_probe(subject, why, key)
        case Meaning.OUT_OF_MEMORY:
            return containers.killed_for_memory(subject, "", "", None, f"a container ran out of memory ({why})", key)
        case Meaning.VOLUME_UNBOUND:
            return volumes.unbound(subject, record.about, why)
        case Meaning.JOB_FAILED:
            return job_failed(subject, why)
        case Meaning.AUTOSCALED:
            return scaled(subject, None, quoted=summary(record), merge_key=key)
        case Meaning.NOTHING:
            return warnings.mention(subject, summary(record), key)


@functools.lru_cache(maxsize=1000)
def _counted(count: int) -> Mapping[str, float]:
    return MappingProxyType({"count": count})


def _attribution(record: Record, inventory: Inventory) -> Attribution:
    return inventory.attribution(record.about_namespace, record.kind, record.about, record.pod, record.about_uid)
