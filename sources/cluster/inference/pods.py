"""The history of a pod, from its object and the Events about it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from collector.event import SECOND, Event
from collector.window import Window
from sources.cluster import pod_status
from sources.cluster.event_meanings import Meaning, evicts
from sources.cluster.event_objects import Record, meaning, path
from sources.cluster.facts import pods as facts
from sources.cluster.facts.pods import reason_and_message
from sources.cluster.fields import condition, get, moment, seconds, text
from sources.cluster.inventory import Inventory, Pod
from sources.cluster.pod_history import BackOff, Evidence, Lasting, Observation, PodInstance, Readiness
from sources.cluster.pods import OVERDUE
from sources.cluster.pods import pod_events as events_of_instance
from sources.fact import Moment, report

_BEFORE, _AFTER = timedelta(hours=1), timedelta(minutes=15)
_EXPLAINED = (Meaning.START_FAILED, Meaning.IMAGE_FAILED, Meaning.UNSCHEDULABLE, Meaning.CRASH_LOOP)
"""Why a pod is not ready that need not be reported beside it."""
_STARTED_AGAIN = ("will be restarted", " probe", "resize requires restart")
"""Why a kubelet kills a container whose pod goes on (k8s.io/kubernetes, pkg/kubelet/kuberuntime)."""


class Recorded(Struct, frozen=True):
    """The Event objects that explain what happened to pods."""

    of_pods: Mapping[tuple[str, str], Sequence[Record]] = field(default_factory=dict)
    of_nodes: Mapping[str, Sequence[Record]] = field(default_factory=dict)

    def about(self, pod: Pod) -> Iterator[Record]:
        """The Events about this pod, and not about another one of the same name."""
        for record in self.of_pods.get(pod.key, ()):
            if not record.about_uid or record.about_uid == pod.uid:
                yield record


def recorded(records: Iterable[Record]) -> Recorded:
    """Sort the Event objects by pod and by node."""
    of_pods: dict[tuple[str, str], list[Record]] = {}
    of_nodes: dict[str, list[Record]] = {}
    for record in records:
        if record.kind == "Pod":
            of_pods.setdefault((record.about_namespace, record.about), []).append(record)
        elif record.kind == "Node" and record.reason in ("SystemOOM", "OOMKilling", "Rebooted"):
            of_nodes.setdefault(record.about, []).append(record)
    return Recorded(of_pods, of_nodes)


def pod_events(pod: Pod, inventory: Inventory, source: str, known: Recorded | None = None) -> Iterator[Event]:
    """The Events of a pod that was listed once: it shows the last end of each container, and the current state."""
    known = known or Recorded()
    # For nearly every pod of a large cluster, the rest would find nothing.
    if pod.glance.calm and all(record.reason != "BackOff" for record in known.about(pod)):
        return
    yield from events_of_instance(instance([pod], inventory, known, inventory.listed), source)


def instance(
    versions: Sequence[Pod],
    inventory: Inventory,
    known: Recorded,
    until: datetime | None,
    ready_again: Iterable[Moment] = (),
) -> PodInstance:
    """The history of one pod from its versions, in order; the last version was valid until `until`.

    `ready_again` has the times at which it became ready other than for the first time, which `readiness` reports.
    """
    last = versions[-1]
    evidence = _Evidence(last)
    found = PodInstance(
        subject=replace(inventory.subject(last.key[0], "Pod", last.key[1]), node=text(last.raw, "spec", "nodeName")),
        uid=last.uid or "/".join(last.key),
        keys=inventory.identity(inventory.replica_set(*last.key) or inventory.revision(*last.key, last.uid)),
        started=next((at for pod in versions if (at := moment(get(pod.raw, "status", "startTime")))), last.created),
        completed=text(last.raw, "status", "phase") == "Succeeded",
        failed=text(last.raw, "status", "phase") == "Failed",
        was_ready=True,
    )
    for pod in versions:
        _add_version(found, pod, evidence)
    found.readiness += [Readiness(since, evidence("recovered"), ready=True) for since in ready_again]
    found.readiness.sort(key=lambda change: change.when)
    _add_current(
        found, last, evidence, until, ready=any(condition(p.raw, "Ready").get("status") == "True" for p in versions)
    )
    for record in known.about(last):
        _add_record(found, record)
    for record in known.of_nodes.get(text(last.raw, "spec", "nodeName"), ()):
        if record.reason == "Rebooted":
            found.reboots.append(record.first)
        else:
            found.node_shortages += [(at, f"{record.reason}: {record.message}") for at in {record.first, record.last}]
    own = inventory.replica_set(*last.key)
    found.grace = (own.grace if own else timedelta(seconds=30)).total_seconds()
    return found


def scheduled_events(inventory: Inventory, window: Window, source: str) -> Iterator[Event]:
    """When the pods around the window were assigned to a node."""
    for pod in inventory.pods.values():
        since = pod.glance.placed
        if since and window.start - _BEFORE <= since.earliest <= window.end + _AFTER:
            evidence = _Evidence(pod)("scheduled")
            yield report(
                facts.scheduled(inventory.subject(pod.key[0], "Pod", pod.key[1]), text(pod.raw, "spec", "nodeName")),
                # The scheduler's Event is stamped when the binding is answered, which may be in the next second.
                Moment(since.earliest, since.latest + SECOND),
                source=source,
                native_id=evidence.native_id,
                keys=inventory.identity(inventory.replica_set(*pod.key) or inventory.revision(*pod.key, pod.uid)),
                query=evidence.query,
            )


def recovered(pod: Pod, since: Moment, inventory: Inventory, source: str) -> Event:
    """The Event that a pod is ready again; it is known to have been ready before."""
    evidence = _Evidence(pod)("recovered")
    return report(
        facts.recovered(inventory.subject(pod.key[0], "Pod", pod.key[1])),
        since,
        source=source,
        native_id=evidence.native_id,
        keys=inventory.identity(inventory.replica_set(*pod.key) or inventory.revision(*pod.key, pod.uid)),
        query=evidence.query,
    )


class _Evidence:
    """The API path of a pod, with an id for each thing seen of it."""

    def __init__(self, pod: Pod) -> None:
        namespace, name = pod.key
        self.id = pod.uid or f"{namespace}/{name}"
        self.query = f"/api/v1/namespaces/{namespace}/pods/{name}"

    def __call__(self, what: str) -> Evidence:
        return Evidence(f"{self.id}/{what}" if what else self.id, self.query)


def _add_version(found: PodInstance, pod: Pod, evidence: _Evidence) -> None:
    """Add what a version reports that a later version may have overwritten."""
    raw = pod.raw
    requested = _requested(pod)
    if requested and (found.stop_requested is None or requested < found.stop_requested.when):
        found.stop_requested = Observation(requested, evidence(""))
    target, placed = condition(raw, "DisruptionTarget"), condition(raw, "PodScheduled")
    for state, wanted, into, word in (
        (target, "True", found.evicted, "evicted"),
        (placed, "False", found.unschedulable, "unschedulable"),
    ):
        since = moment(state.get("lastTransitionTime")) if state.get("status") == wanted else None
        if since and all(since != one.when for one in into):
            reason = text(state, "reason")
            why = reason_and_message(reason, text(state, "message"), "no reason given")
            into.append(Observation(since, evidence(word), why, reason=reason))
    lost = pod_status.lost_readiness(raw)
    if lost and text(raw, "status", "phase") not in ("Succeeded", "Failed"):
        since, why = lost
        if all(since != change.when for change in found.readiness):
            found.readiness.append(Readiness(since, evidence("unready"), why))
    for death in pod_status.deaths(raw, evidence.id, evidence.query):
        found.add_death(death)
    found.restarts = max(found.restarts, pod_status.restarts(raw))


def _add_current(found: PodInstance, pod: Pod, evidence: _Evidence, until: datetime | None, *, ready: bool) -> None:
    """Add the present state of the pod, or its state when it was last seen."""
    raw, begin = pod.raw, found.started or pod.created
    given_up = pod_status.eviction(raw)
    if given_up and not found.evicted and begin:
        ended = [death.when.earliest for death in found.deaths if death.final]
        at = min(ended, default=until or begin.earliest)
        reason = text(raw, "status", "reason")
        when = Moment(min(begin.earliest, at), max(at, until or at) if not ended else at + SECOND)
        found.evicted.append(Observation(when, evidence("evicted"), given_up, at=at, reason=reason))
    if begin is None:
        return
    failure, image = pod_status.start_failure(raw), pod_status.image_failure(raw)
    for state, into, word in (
        (failure, found.start_failures, "start failed"),
        (image, found.image_failures, "image failed"),
    ):
        if state:
            lasts = None if found.failed else until
            into.append(Lasting(begin, evidence(word), state[1], reason=state[0], until=lasts))
    for container, reason, _ in pod_status.waiting(raw):
        if reason == pod_status.BACK_OFF and until:
            wait = Moment(max(until, begin.earliest), max(until, begin.earliest))
            found.back_offs.append(BackOff(wait, evidence(""), container, seen=True))
    never = None if ready or found.back_offs or found.unschedulable else pod_status.never_ready(raw)
    stop = found.stop_requested.when.earliest if found.stop_requested else until
    last = min(one for one in (stop, until) if one) if until else None
    if never and last and last - begin.earliest >= OVERDUE:
        found.not_ready = Lasting(begin, evidence("not ready"), never[1], reason=never[0], until=last)


def _add_record(found: PodInstance, record: Record) -> None:
    """Add what an Event about the pod explains; the Event is reported itself as well."""
    evidence = Evidence(record.uid, path(record))
    if record.reason == "Killing" and any(words in record.message for words in _STARTED_AGAIN):
        found.probe_kills += sorted({record.first, record.last})
    elif record.reason == "BackOff" and "restarting" in record.message:
        span = Moment(record.first.earliest, max(record.first.latest, record.last.latest))
        found.back_offs.append(BackOff(span, evidence))
    elif evicts(record.reason, record.message):
        found.stops.append(record.first)
    elif found.not_ready and meaning(record) in _EXPLAINED:
        if record.last.latest - found.not_ready.when.earliest >= OVERDUE:
            found.not_ready = None
    elif record.reason == "Unhealthy" and found.not_ready and "eadiness" in record.message:
        state = found.not_ready
        found.not_ready = Lasting(state.when, state.evidence, record.message, reason=record.reason, until=state.until)


def _requested(pod: Pod) -> Moment | None:
    """When somebody requested the deletion: deletionTimestamp is that time plus the grace period, in the future."""
    due = moment(get(pod.raw, "metadata", "deletionTimestamp"))
    if due is None:
        return None
    grace = seconds(pod.raw, "metadata", "deletionGracePeriodSeconds", default=0)
    return Moment(due.earliest - grace, due.latest)
