"""Containers: their deaths and the images that they lack, as the kubelet reports them in the status of their pod."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from collector.event import Event, Kind
from sources.cluster.fields import Moment, count, get, moment, objects, text
from sources.cluster.inventory import Inventory
from sources.kubernetes_audit.entries import Entry
from sources.kubernetes_audit.reduce import IMAGE_FAILED
from sources.kubernetes_audit.sets import Ran

_STATUSES = ("initContainerStatuses", "containerStatuses")
_STATES = ("state", "lastState")


def container_events(entries: Iterable[Entry], inventory: Inventory, ran: Ran, source: str) -> Iterator[Event]:
    """Each death once, at the second that the kubelet tells, and each image that a container waited for in vain.

    `numbers` of a death: `exit_code` and `restarts`. A container that ends because its pod is to stop did not crash.
    """
    stopping: dict[str, tuple[str, datetime]] = {}
    told: set[tuple[str, ...]] = set()
    for entry in entries:
        if entry.resource != "pods" or not entry.name:
            continue
        pod = f"{entry.namespace}/{entry.name}"
        uid = text(entry.asked, "metadata", "uid") or text(entry.answered, "metadata", "uid") or pod
        if entry.sub == "status":
            for status in (each for field in _STATUSES for each in objects(_reported(entry), "status", field)):
                found = [_death(entry, uid, status, state, _asked(stopping.get(pod), uid)) for state in _STATES]
                for event, once in [*[one for one in found if one], *_lacks(entry, uid, status)]:
                    if once not in told:
                        told.add(once)
                        yield _of(event, entry, inventory, ran, source, once)
        elif entry.verb == "delete" and entry.component == "kubelet":
            # It is gone; the next of that name is another.
            stopping.pop(pod, None)
        elif entry.verb == "delete" or entry.sub == "eviction":
            stopping.setdefault(pod, (uid, entry.at.earliest))


def _asked(stopping: tuple[str, datetime] | None, uid: str) -> datetime | None:
    """When this pod was asked to stop. What evicts does not tell its uid, only the name."""
    if stopping is None or ("/" not in stopping[0] and "/" not in uid and stopping[0] != uid):
        return None
    return stopping[1]


_Told = tuple[tuple[Kind, Moment, str, dict[str, float]], tuple[str, ...]]
"""Kind, when, in words and numbers; and what tells it from others."""


def _death(entry: Entry, uid: str, status: object, state: str, stopping: datetime | None) -> _Told | None:
    ended = get(status, state, "terminated")
    at = moment(get(ended, "finishedAt"))
    code, reason, container = count(ended, "exitCode"), text(ended, "reason"), text(status, "name")
    killed = reason == "OOMKilled"
    done = state == "state" and text(_reported(entry), "status", "phase") == "Succeeded"
    if at is None or done or not (code or killed) or (stopping and not killed and at.latest > stopping):
        return None
    numbers = {"exit_code": code, "restarts": count(status, "restartCount")}
    known = {name: float(number) for name, number in numbers.items() if number is not None}
    what = f"container {container} ended with exit code {code} ({reason or 'no reason given'})"
    kind = Kind.POD_OOM_KILLED if killed else Kind.POD_CRASHED
    return (kind, at, what, known), (uid, container, f"{at.earliest:%Y-%m-%dT%H:%M:%SZ}")


def _lacks(entry: Entry, uid: str, status: object) -> Iterator[_Told]:
    reason, container = text(status, "state", "waiting", "reason"), text(status, "name")
    if reason in IMAGE_FAILED:
        what = f"container {container} waits: {reason}"
        yield (Kind.POD_IMAGE_FAILED, entry.at, what, {}), (uid, container, reason)


def _of(
    told: tuple[Kind, Moment, str, dict[str, float]],
    entry: Entry,
    inventory: Inventory,
    ran: Ran,
    source: str,
    once: tuple[str, ...],
) -> Event:
    kind, when, what, numbers = told
    uid, container, suffix = once
    known = kind != Kind.POD_IMAGE_FAILED and "/" not in uid
    return Event(
        kind=kind,
        at=when.earliest,
        earliest=when.earliest,
        latest=when.latest,
        summary=f"Pod {entry.name}: {what}",
        source=source,
        native_id=f"{entry.id}/{container}/{suffix}",
        subject=inventory.subject(entry.namespace, "Pod", entry.name),
        keys=ran.keys(entry, inventory),
        numbers=numbers,
        query=entry.evidence,
        fact=f"{inventory.cluster}/{uid}/{container}/{suffix}" if known else "",
    )


def _reported(entry: Entry) -> object:
    """What the kubelet sent: the whole answer says again what it said before."""
    return entry.asked if isinstance(entry.asked, dict) else entry.answered
