"""Deployments and ReplicaSets as the API shows them."""

import math
from datetime import datetime
from typing import TYPE_CHECKING

from tests.incidents.ids import Object, stamp

if TYPE_CHECKING:
    from tests.incidents.controllers import ReplicaSet
    from tests.incidents.deployment import Deployment


def deployment_object(own: "Deployment") -> Object:
    """The Deployment as the API shows it."""
    current = own.current
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": own.name,
            "namespace": own.namespace,
            "uid": own.uid,
            "generation": own.generation,
            "creationTimestamp": stamp(own.born),
            "labels": own.labels,
            "annotations": {f"{own.prefix}revision": str(current.revision), **own.annotations},
            "managedFields": [
                *(
                    {"manager": manager, "operation": "Update", "apiVersion": "apps/v1", "time": stamp(at)}
                    for manager, at in own.written.items()
                    if manager != "kube-controller-manager"
                ),
                {
                    "manager": "kube-controller-manager",
                    "operation": "Update",
                    "apiVersion": "apps/v1",
                    "time": stamp(max([own.progress, *_controller_writes(own)])),
                },
            ],
        },
        "spec": {
            "replicas": own.replicas,
            "selector": {"matchLabels": own.labels},
            "template": current.template,
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxUnavailable": f"{own.limits[1]:.0%}", "maxSurge": f"{own.limits[0]:.0%}"},
            },
            "revisionHistoryLimit": own.history,
            "progressDeadlineSeconds": 600,
        },
        "status": _status(own),
    }


def _controller_writes(own: "Deployment") -> list[datetime]:
    found = own.written.get("kube-controller-manager")
    return [own.available_since, *([found] if found else [])]


def kept(own: "Deployment") -> "list[ReplicaSet]":
    """Old ReplicaSets beyond the limit are removed, the oldest revisions first."""
    idle = sorted(
        (one for one in own.sets if one is not own.current and not one.replicas), key=lambda one: one.revision
    )
    dropped = idle[: max(0, len(idle) - own.history)]
    return [one for one in own.sets if one not in dropped]


def _status(own: "Deployment") -> Object:
    ready, alive = sum(one.available for one in own.sets), sum(len(one.alive) for one in own.sets)
    status, reason = own.progressing
    messages = {
        "NewReplicaSetAvailable": f'ReplicaSet "{own.current.name}" has successfully progressed.',
        "ReplicaSetUpdated": f'ReplicaSet "{own.current.name}" is progressing.',
        "ProgressDeadlineExceeded": f'ReplicaSet "{own.current.name}" has timed out progressing.',
    }
    minimum = "MinimumReplicasAvailable" if own.available else "MinimumReplicasUnavailable"
    text = "Deployment has minimum availability." if own.available else "Deployment does not have minimum availability."
    conditions: list[Object] = [
        {
            "type": "Available",
            "status": str(own.available),
            "lastUpdateTime": stamp(own.available_since),
            "lastTransitionTime": stamp(own.available_since),
            "reason": minimum,
            "message": text,
        },
        {
            "type": "Progressing",
            "status": status,
            "lastUpdateTime": stamp(own.progress),
            "lastTransitionTime": stamp(own.progressing_since),
            "reason": reason,
            "message": messages[reason],
        },
    ]
    refused = next((one.refused for one in own.sets if one.refused), "")
    if refused:
        conditions.append(
            {
                "type": "ReplicaFailure",
                "status": "True",
                "lastUpdateTime": stamp(own.progress),
                "lastTransitionTime": stamp(own.progress),
                "reason": "FailedCreate",
                "message": f'pods "{own.current.name}-x" is forbidden: {refused}',
            }
        )
    counts = {
        "replicas": alive,
        "updatedReplicas": len(own.current.alive),
        "readyReplicas": ready,
        "availableReplicas": ready,
        "unavailableReplicas": max(0, own.replicas - ready),
    }
    return {
        "observedGeneration": own.generation,
        **{key: value for key, value in counts.items() if value},
        "conditions": conditions,
    }


def replica_set_object(own: "Deployment", one: "ReplicaSet") -> Object:
    """One of its ReplicaSets as the API shows it."""
    surge = math.ceil(own.limits[0] * own.replicas)
    notes = {
        f"{own.prefix}desired-replicas": str(own.replicas),
        f"{own.prefix}max-replicas": str(own.replicas + surge),
        f"{own.prefix}revision": str(one.revision),
    }
    if one.earlier:
        notes[f"{own.prefix}revision-history"] = ",".join(map(str, one.earlier))
    labels = {**own.labels, own.hash_label: one.hash}
    changes = [pod.ready_times[-1][0] for pod in one.pods if pod.ready_times]
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": one.name,
            "namespace": own.namespace,
            "uid": one.uid,
            "generation": 1 + one.replicas,
            "creationTimestamp": stamp(one.created),
            "labels": labels,
            "annotations": notes,
            "ownerReferences": [
                {
                    "apiVersion": own.api,
                    "kind": own.kind,
                    "name": own.name,
                    "uid": own.uid,
                    "controller": True,
                    "blockOwnerDeletion": True,
                }
            ],
            "managedFields": [
                {
                    "manager": "kube-controller-manager",
                    "operation": "Update",
                    "apiVersion": "apps/v1",
                    "time": stamp(max([one.changed or one.created, *changes])),
                }
            ],
        },
        "spec": {
            "replicas": one.replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {**one.template["metadata"], "labels": labels}, "spec": one.template["spec"]},
        },
        "status": {
            "replicas": len(one.alive),
            "readyReplicas": one.available,
            "availableReplicas": one.available,
            "fullyLabeledReplicas": len(one.alive),
            "observedGeneration": 1 + one.replicas,
        },
    }
