"""The history of every pod that the log names: scheduled, reported on, evicted, removed, and by whom."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from collector.event import Event
from sources.cluster.fields import get, moment, text
from sources.cluster.inventory import Inventory, Key
from sources.cluster.pod_history import Evidence, Observation, PodInstance
from sources.cluster.pods import pod_events as events_of_instance
from sources.kubernetes_audit.build_inventory import Sizes
from sources.kubernetes_audit.entries import Entry
from sources.kubernetes_audit.pod_status import Reports
from sources.kubernetes_audit.sets import PodRevisions

_AGAIN = timedelta(seconds=30)
"""If a pod is asked to stop twice within this time, it is the same pod; later, it is another one of that name."""
_REMOVES = {
    "node-controller": "is evicted from a node that was lost",
    "taint-eviction-controller": "is evicted from a node that was lost",
    "scheduler": "is preempted by the scheduler",
}
"""Components that delete pods for only one reason."""


def pod_events(
    entries: Iterable[Entry], inventory: Inventory, sizes: Sizes, ran: PodRevisions, source: str
) -> Iterator[Event]:
    """The Events of each pod; see `sources.cluster.pods`.

    A pod is ready, ended or failed if its kubelet reports so, which needs the content of its reports in the log.
    `numbers["of"]` of a ready pod is how many pods its ReplicaSet was to have.
    """
    for pod in pod_instances(entries, inventory, sizes, ran):
        yield from events_of_instance(pod, source)


def pod_instances(entries: Iterable[Entry], inventory: Inventory, sizes: Sizes, ran: PodRevisions) -> list[PodInstance]:
    """The pods, kept apart even if they had the same name one after another. `entries` in order.

    They are distinguished by uid, if an entry holds it, else by events that happen only to a new pod.
    """
    current: dict[Key, Reports] = {}
    every: list[Reports] = []
    last = None
    for entry in entries:
        last = entry.at.latest if last is None else max(last, entry.at.latest)
        if entry.resource != "pods" or not entry.name:
            continue
        key = (entry.namespace, entry.name)
        pod = current.get(key)
        if pod is None or _is_another(entry, pod):
            subject = inventory.subject(entry.namespace, "Pod", entry.name)
            pod = current[key] = Reports(PodInstance(subject=subject))
            every.append(pod)
        pod.found.uid = pod.found.uid or _uid(entry)
        keys = ran.keys(entry, inventory)
        pod.found.keys = keys if keys.replica_set else pod.found.keys
        if entry.sub == "status":
            numbers = sizes.numbers("of", (entry.namespace, keys.replica_set), entry.at.latest)
            pod.add(entry, numbers)
        else:
            _add_request(pod.found, entry)
            if entry.verb == "delete" and entry.component == "kubelet":
                # The pod is gone; the next one of that name is another.
                pod.end(entry.at.latest)
                del current[key]
    for pod in every:
        pod.end(last)
    return [pod.found for pod in every]


def _uid(entry: Entry) -> str:
    return text(entry.asked, "metadata", "uid") or text(entry.answered, "metadata", "uid")


def _is_another(entry: Entry, pod: Reports) -> bool:
    """Whether an entry is about a later pod than the last one of that name."""
    uid, stop = _uid(entry), pod.found.stop_requested
    if uid and pod.found.uid:
        return uid != pod.found.uid
    if entry.sub == "binding":
        return bool(pod.found.scheduled or pod.found.started or stop)
    if stop is None:
        return False
    if entry.sub == "status":
        started = moment(get(entry.asked, "status", "startTime"))
        return started is not None and started.latest >= stop.when.earliest
    return entry.component != "kubelet" and entry.at.earliest - stop.when.earliest > _AGAIN


def _add_request(pod: PodInstance, entry: Entry) -> None:
    """Add a request about a pod: to run on a node, or to stop."""
    if entry.sub == "binding":
        evidence = Evidence(entry.id, entry.evidence)
        pod.scheduled.append(Observation(entry.at, evidence, text(entry.asked, "target", "name")))
        return
    if entry.sub != "eviction" and (entry.verb != "delete" or entry.sub):
        return
    by = entry.component or entry.user
    evicted = f"is evicted by {by}" if entry.sub == "eviction" else _REMOVES.get(entry.component, "")
    if evicted and not pod.evicted:
        evidence = Evidence(f"{entry.id}/evicted", entry.evidence, actor=entry.actor)
        pod.evicted.append(Observation(entry.at, evidence, how=evicted))
    if pod.stop_requested is None:
        how = f"is {'evicted' if entry.sub == 'eviction' else 'deleted'} by {by}"
        evidence = Evidence(entry.id, entry.evidence, actor=entry.actor)
        pod.stop_requested = Observation(entry.at, evidence, how=how)
