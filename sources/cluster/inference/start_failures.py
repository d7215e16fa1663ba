"""Which failures to start pods are real trouble, and which were over before anybody noticed.

Starts often fail once or twice: the Secret of a volume is not in the kubelet's cache yet, or a network is still being
set up.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from collector.event import Event, Kind, Subject
from sources.cluster.event_meanings import OWNERS, Meaning
from sources.cluster.event_objects import Record, meaning
from sources.cluster.facts import pods as facts
from sources.cluster.facts.pods import reason_and_message
from sources.cluster.fields import count, get, moment, objects
from sources.cluster.inventory import Inventory, Key
from sources.cluster.pod_status import containers
from sources.cluster.template_changes import unpack
from sources.fact import report

_NOTICED = timedelta(minutes=1)
"""A failure that is over within this time is no trouble."""
_OVERDUE = timedelta(minutes=3)
"""A pod known only by Events is not ready if its readiness probe fails for this long without a break."""
_PERIOD = 10
"""Seconds between two probes, if the template does not set it."""
_BURST, _REFILL = 25, timedelta(minutes=5)
"""The kubelet can write this many Events about one object at once, then one per interval (client-go, tools/record)."""
_ALMOST_ALL = 0.8
"""A probe that keeps failing fails at least this share of its possible times."""
_LONG = timedelta(minutes=10)
"""A pod that becomes ready at all does so within this time after its start."""
_BEGUN = frozenset({"Started", "SuccessfulCreate", "ProvisioningSucceeded"})


class Meanings:
    """The meaning of Events about the start of pods, given what happened afterwards."""

    def __init__(self, records: Iterable[Record], inventory: Inventory) -> None:
        """Takes all Events that there are, and the objects."""
        self._inventory = inventory
        self._begun: dict[tuple[str, str, str], list[datetime]] = {}
        self._since: datetime | None = None
        for record in records:
            last = record.last.earliest
            if self._since is None or last < self._since:
                self._since = last
            if record.reason in _BEGUN:
                times = self._begun.setdefault((record.about_namespace, record.kind, record.about), [])
                times += [record.first.earliest, record.last.earliest]

    def of(self, record: Record) -> Meaning:
        """As `meaning`; a failure that was over at once is only a WARNING."""
        means = meaning(record)
        if means in (Meaning.START_FAILED, Meaning.VOLUME_UNBOUND) and self._was_brief(record):
            return Meaning.WARNING if record.warning else Meaning.NOTHING
        if means in (Meaning.WARNING, Meaning.NOTHING) and self._stays_unready(record):
            return Meaning.UNREADY if self._is_old(record) else Meaning.NOT_READY
        return means

    def _was_brief(self, record: Record) -> bool:
        if record.last.earliest - record.first.earliest >= _NOTICED:
            return False
        began = [*self._begun.get((record.about_namespace, record.kind, record.about), ()), *self._running(record)]
        return any(record.first.earliest <= at <= record.last.latest + _NOTICED for at in began)

    def _running(self, record: Record) -> Iterator[datetime]:
        """When the containers of a pod that still exists were started."""
        pod = self._inventory.pods.get((record.about_namespace, record.about)) if record.kind == "Pod" else None
        if pod is None or (record.about_uid and record.about_uid != pod.uid):
            return
        for status in containers(pod.raw):
            for run in (get(status, "state", "running"), get(status, "lastState", "terminated")):
                since = moment(get(run, "startedAt"))
                if since:
                    yield since.earliest

    def _stays_unready(self, record: Record) -> bool:
        """Whether the pod's readiness probe kept failing; a pod that was listed shows that itself.

        If a probe fails only now and then, the pod stays ready and there are far fewer Events. But once the kubelet
        reaches its limit of Events, both look alike, except that a pod that has just been started was not ready before.
        """
        if record.reason != "Unhealthy" or record.kind != "Pod":
            return False
        listed = self._inventory.pods.get((record.about_namespace, record.about))
        if listed and listed.uid == record.about_uid:
            return False
        lasted = record.last.earliest - record.first.earliest
        if not record.message.startswith("Readiness probe") or record.count < 2 or lasted < _OVERDUE:
            return False
        if record.count >= _ALMOST_ALL * lasted.total_seconds() / self._period(record):
            return True
        return record.count >= _ALMOST_ALL * (_BURST + lasted / _REFILL) and self._was_started_before(record)

    def _period(self, record: Record) -> float:
        """Seconds between two readiness probes of the pod: the longest period of its containers."""
        own = self._inventory.replica_set(record.about_namespace, record.about)
        template = unpack(own.template)[0] if own and own.template else {}
        probes = [get(box, "readinessProbe") for box in objects(template, "spec", "containers")]
        return max([count(probe, "periodSeconds") or _PERIOD for probe in probes if probe], default=_PERIOD)

    def _was_started_before(self, record: Record) -> bool:
        """Whether the pod is known to have been new when its probe began to fail."""
        own = self._inventory.replica_set(record.about_namespace, record.about)
        began = list(self._begun.get((record.about_namespace, "Pod", record.about), ()))
        began += [own.created.earliest] if own and own.created else []
        return any(record.first.earliest - _LONG <= at <= record.first.latest for at in began)

    def _is_old(self, record: Record) -> bool:
        """Whether a pod had run for long when its probe began to fail: Events go back further, and show no start."""
        known = self._since is not None and self._since < record.first.earliest - _LONG
        return known and not self._was_started_before(record)


def failed_replica_sets(inventory: Inventory, source: str) -> Iterator[Event]:
    """ReplicaSets that cannot make their pods. `numbers`: `pods` is how many are missing, `of` how many are wanted."""
    for own in inventory.replica_sets.values():
        if own.failure is None or not own.replicas:
            continue
        since, reason, message = own.failure
        namespace, name = own.key
        event = report(
            facts.start_failed(
                inventory.subject_of_workload(namespace, own.workload), reason_and_message(reason, message)
            ),
            since,
            source=source,
            native_id=f"{own.uid or name}/start failed",
            keys=inventory.identity(own),
            numbers=missing(inventory, own.key),
            query=f"/apis/apps/v1/namespaces/{namespace}/replicasets/{name}",
            reason=reason,
        )
        yield replace(event, latest=max(event.latest, inventory.listed or event.latest))


def missing(inventory: Inventory, replica_set: Key) -> Mapping[str, float]:
    """How many `pods` a ReplicaSet lacks, and `of` how many it is to have; empty if that is not known."""
    own = inventory.replica_sets.get(replica_set)
    if own is None or own.replicas is None or not inventory.pods:
        return {}
    there = sum(not pod.gone for pod in inventory.owned(replica_set[0], "ReplicaSet", replica_set[1]))
    return {"pods": max(0, own.replicas - there), "of": own.replicas}


def with_details(event: Event, record: Record, inventory: Inventory) -> Event:
    """The Event with details from the objects: how many pods are missing, and which workload mounts a volume."""
    if event.kind == Kind.POD_START_FAILED and record.kind in OWNERS:
        return replace(event, numbers={**event.numbers, **missing(inventory, (record.about_namespace, record.about))})
    if event.kind == Kind.VOLUME_UNBOUND:
        claim = f"PersistentVolumeClaim/{record.about}"
        own = replace(event.subject, workload=event.subject.workload or claim)
        return replace(event, subject=_mounting(inventory, record.about_namespace, record.about) or own)
    return event


def _mounting(inventory: Inventory, namespace: str, claim: str) -> Subject | None:
    """The workload with pods that mount a claim, if there is exactly one."""
    found = set()
    for pod in inventory.pods.values():
        # The packed text is searched first: there are thousands of pods, and few mount the claim.
        named = pod.key[0] == namespace and f'"{claim}"' in pod.packed
        if named and claim in (get(pod.raw, "spec", "claims") or ()):
            found.add(replace(inventory.subject(namespace, "Pod", pod.key[1]), pod=""))
    return found.pop() if len(found) == 1 else None
