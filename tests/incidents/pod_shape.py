"""Pods as the API shows them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.incidents.ids import Object, sha256, stamp

if TYPE_CHECKING:
    from tests.incidents.pods import Pod

GRACE = 30

POD_DEFAULTS = {
    "restartPolicy": "Always",
    "terminationGracePeriodSeconds": 30,
    "dnsPolicy": "ClusterFirst",
    "schedulerName": "default-scheduler",
    "securityContext": {},
}
"""What the API server adds to the pod template of a service."""


def pod_object(pod: "Pod") -> Object:
    """The Pod as the API shows it."""
    meta: Object = {
        "name": pod.name,
        "generateName": f"{pod.owner.name}-",
        "namespace": pod.namespace,
        "uid": pod.uid,
        "creationTimestamp": stamp(pod.created),
        "labels": pod.labels,
        "annotations": pod.template["metadata"].get("annotations", {}),
        "ownerReferences": [
            {
                "apiVersion": pod.owner.api,
                "kind": pod.owner.kind,
                "name": pod.owner.name,
                "uid": pod.owner.uid,
                "controller": True,
                "blockOwnerDeletion": True,
            }
        ],
        "managedFields": [
            {"manager": manager, "operation": "Update", "apiVersion": "v1", "time": stamp(at)}
            for manager, at in (("kube-controller-manager", pod.created), ("kubelet", pod.changed_at))
        ],
    }
    if pod.deleted:
        meta |= {
            "deletionTimestamp": stamp(pod.deleted + timedelta(seconds=GRACE)),
            "deletionGracePeriodSeconds": GRACE,
        }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta,
        "spec": {
            **pod.template["spec"],
            **({"nodeName": pod.node.name} if pod.node else {}),
            "serviceAccountName": "default",
            "tolerations": [
                {
                    "key": f"node.kubernetes.io/{what}",
                    "operator": "Exists",
                    "effect": "NoExecute",
                    "tolerationSeconds": 300,
                }
                for what in ("not-ready", "unreachable")
            ],
        },
        "status": _status(pod),
    }


def _status(pod: "Pod") -> Object:
    status: Object = {"phase": pod.phase, "conditions": list(_conditions(pod)), "qosClass": "Burstable"}
    if pod.node and pod.initialized:
        status |= {"startTime": stamp(pod.initialized), "hostIP": pod.node.address}
        status["containerStatuses"] = [
            _container(pod),
            *(_beside(pod, one) for one in pod.template["spec"]["containers"][1:]),
        ]
        if pod.phase != "Pending":
            status |= {"podIP": pod.address, "podIPs": [{"ip": pod.address}]}
    return status


def _conditions(pod: "Pod") -> Iterator[Object]:
    if pod.disruption:
        yield {"type": "DisruptionTarget", "status": "True", "lastProbeTime": None, **pod.disruption}
    if not pod.scheduled and not pod.status_reason:
        return  # nobody has looked at it yet
    if not pod.scheduled:
        since = pod.created
        more = {"reason": "Unschedulable", "message": pod.status_reason}
        yield {
            "type": "PodScheduled",
            "status": "False",
            "lastProbeTime": None,
            "lastTransitionTime": stamp(since),
            **more,
        }
        return
    done = {"reason": "PodCompleted"} if pod.phase == "Succeeded" else {}
    if pod.initialized:
        yield {
            "type": "Initialized",
            "status": "True",
            "lastProbeTime": None,
            "lastTransitionTime": stamp(pod.initialized),
            **done,
        }
        ready = pod.container.ready
        why = done or {
            "reason": "ContainersNotReady",
            "message": f"containers with unready status: [{pod.main['name']}]",
        }
        since = pod.ready_since if pod.ready_times else pod.initialized
        for kind in ("Ready", "ContainersReady"):
            if kind == "ContainersReady" and pod.silent:
                # Only the kubelet writes this one, and it is not heard of.
                yield {
                    "type": kind,
                    "status": "True",
                    "lastProbeTime": None,
                    "lastTransitionTime": stamp(pod.ready_times[-1][0] if pod.ready_times else pod.initialized),
                }
                continue
            yield {
                "type": kind,
                "status": str(ready),
                "lastProbeTime": None,
                "lastTransitionTime": stamp(since),
                **({} if ready else why),
            }
    yield {
        "type": "PodScheduled",
        "status": "True",
        "lastProbeTime": None,
        "lastTransitionTime": stamp(pod.scheduled),
    }


def _container(pod: "Pod") -> Object:
    box, image = pod.container, pod.main["image"]
    state: Object = {"waiting": box.waiting} if box.waiting else {}
    if box.started:
        state = {"running": {"startedAt": stamp(box.started)}}
    if box.done:
        state = {"terminated": box.done}
    if not state:
        state = {"terminated": box.last} if box.last else {"waiting": {"reason": "ContainerCreating"}}
    ran = bool(box.started or box.last or box.done)
    return {
        "name": pod.main["name"],
        "state": state,
        "lastState": {"terminated": box.last} if box.last else {},
        "ready": box.ready,
        "started": bool(box.started),
        "restartCount": box.restarts,
        "image": image,
        "imageID": f"{image.partition('@')[0].rpartition(':')[0] or image}@{digest(image)}" if ran else "",
        **({"containerID": f"containerd://{sha256(pod.uid, box.number, 'now')[7:]}"} if ran else {}),
    }


def _beside(pod: "Pod", container: Object) -> Object:
    started = pod.container.started or pod.initialized or pod.created
    image = container["image"]
    return {
        "name": container["name"],
        "state": {"running": {"startedAt": stamp(started)}},
        "lastState": {},
        "ready": True,
        "started": True,
        "restartCount": 0,
        "image": image,
        "imageID": f"{image.rpartition(':')[0]}@{digest(image)}",
    }


def digest(image: str) -> str:
    """What a registry has under this tag."""
    return image.partition("@")[2] or sha256("image", image)
