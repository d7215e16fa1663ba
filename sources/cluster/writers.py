"""Who changed an object's specification, from its managedFields: each program's name and the time of its last write."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from sources.cluster.fields import moment, objects, text
from sources.fact import Moment

_CONTROLLERS = frozenset(
    {"kube-controller-manager", "kubelet", "kube-scheduler", "kube-apiserver", "rollouts-controller", "argo-rollouts"}
)
"""Programs that only carry out what others decided."""
_AT_ONCE = timedelta(seconds=2)
"""A controller reacts to a change within this time, unless something holds it up."""


class Write(NamedTuple):
    """The last write of one program to an object."""

    manager: str
    """The name that the program gives itself: `kubectl-edit`, `kubectl-rollout`, `helm`, `argocd-controller`."""
    at: Moment


def writes(item: Any) -> tuple[Write, ...]:
    """The last write of each program, in the order of time, without writes to the object's status or size."""
    found = []
    for entry in objects(item, "metadata", "managedFields"):
        manager, at = text(entry, "manager"), moment(entry.get("time"))
        if manager and at and not text(entry, "subresource") and manager not in _CONTROLLERS:
            found.append(Write(manager, at))
    return tuple(sorted(found, key=lambda write: (write.at, write.manager)))


def writer(known: Iterable[Write], start: Moment) -> str:
    """The only program that wrote to a workload when its controller began a rollout; empty if that is not clear."""
    near = {
        write.manager
        for write in known
        if write.at.earliest <= start.latest and start.earliest - write.at.latest <= _AT_ONCE
    }
    return near.pop() if len(near) == 1 else ""
