"""What Events report of pods, of those who make them, of volumes, and of Jobs and CronJobs in trouble."""

import re

from collector.event import Kind

OWNERS = ("ReplicaSet", "StatefulSet", "DaemonSet")
"""What makes pods, apart from Jobs."""
_BY_REASON = {
    ("Pod", "Scheduled"): Kind.POD_SCHEDULED,
    ("Pod", "Evicted"): Kind.POD_EVICTED,
    ("Pod", "Preempted"): Kind.POD_EVICTED,
    ("Pod", "NodeNotReady"): Kind.POD_UNREADY,
    ("Pod", "OOMKilling"): Kind.POD_OOM_KILLED,
    ("Pod", "OOMKilled"): Kind.POD_OOM_KILLED,
    ("Pod", "CrashLoopBackOff"): Kind.POD_CRASH_LOOP,
    ("Pod", "ErrImageNeverPull"): Kind.POD_IMAGE_FAILED,
    ("Pod", "InspectFailed"): Kind.POD_IMAGE_FAILED,
    ("Pod", "FailedMount"): Kind.POD_START_FAILED,
    ("Pod", "FailedAttachVolume"): Kind.POD_START_FAILED,
    ("Pod", "FailedMapVolume"): Kind.POD_START_FAILED,
    ("Pod", "FailedCreatePodSandBox"): Kind.POD_START_FAILED,
    ("Pod", "FailedCreatePodContainer"): Kind.POD_START_FAILED,
    ("Pod", "FailedPrepareDynamicResources"): Kind.POD_START_FAILED,
    ("Pod", "NetworkNotReady"): Kind.POD_START_FAILED,
    ("Deployment", "ReplicaSetCreateError"): Kind.POD_START_FAILED,
    ("Rollout", "ReplicaSetCreateError"): Kind.POD_START_FAILED,
    ("Job", "FailedCreate"): Kind.POD_START_FAILED,
    ("PersistentVolumeClaim", "ProvisioningFailed"): Kind.VOLUME_UNBOUND,
    ("PersistentVolumeClaim", "FailedBinding"): Kind.VOLUME_UNBOUND,
    ("PersistentVolumeClaim", "VolumeMismatch"): Kind.VOLUME_UNBOUND,
    ("PersistentVolumeClaim", "ClaimMisbound"): Kind.VOLUME_UNBOUND,
    ("PersistentVolumeClaim", "ClaimLost"): Kind.VOLUME_UNBOUND,
    ("Job", "BackoffLimitExceeded"): Kind.JOB_FAILED,
    ("Job", "DeadlineExceeded"): Kind.JOB_FAILED,
    ("Job", "PodFailurePolicy"): Kind.JOB_FAILED,
    ("Job", "FailedIndexes"): Kind.JOB_FAILED,
    ("CronJob", "FailedCreate"): Kind.JOB_FAILED,
    ("CronJob", "MissSchedule"): Kind.JOB_FAILED,
    ("CronJob", "FailedNeedsStart"): Kind.JOB_FAILED,
    ("CronJob", "TooManyMissedTimes"): Kind.JOB_FAILED,
} | {(kind, "FailedCreate"): Kind.POD_START_FAILED for kind in OWNERS}
_REFUSED = re.compile(
    "OutOf[a-z]\\S*|NodeAffinity|NodePorts|PodFitsHostPorts|HostPortConflict|HostNetworkNotSupported|Unexpected[Aa]dmissionError"
    "|TopologyAffinityError|ResourceAllocationError|SysctlForbidden|AppArmor|PodOS\\w+|NodeUnschedulable|TaintToleration"
    "|InitContainerRestartPolicyForbidden|SupplementalGroupsPolicyNotSupported|UserNamespacesNotSupported"
)
"""Why a kubelet refuses a pod that was given to its node (k8s.io/kubernetes, pkg/kubelet/lifecycle)."""
_BY_WORDS = (
    # The scheduler says so too of a pod that is being deleted, which needs no node.
    ("FailedScheduling", "skip schedule deleting pod", Kind.OTHER),
    ("FailedScheduling", "", Kind.POD_UNSCHEDULABLE),
    # The node's taint was taken away again in time.
    ("TaintManagerEviction", "Cancelling", Kind.OTHER),
    ("TaintManagerEviction", "", Kind.POD_EVICTED),
    ("Failed", "Failed to pull image", Kind.POD_IMAGE_FAILED),
    ("Failed", "Failed to inspect image", Kind.POD_IMAGE_FAILED),
    ("Failed", "Failed to apply default image tag", Kind.POD_IMAGE_FAILED),
    ("Failed", "Error: ErrImagePull", Kind.POD_IMAGE_FAILED),
    ("Failed", "Error: ImagePullBackOff", Kind.POD_IMAGE_FAILED),
    ("Failed", "Error: InvalidImageName", Kind.POD_IMAGE_FAILED),
    ("Failed", "Error: ErrImageNeverPull", Kind.POD_IMAGE_FAILED),
    ("Failed", "Error: ImageInspectError", Kind.POD_IMAGE_FAILED),
    # Everything else that keeps a container from being made or started.
    ("Failed", "", Kind.POD_START_FAILED),
    ("BackOff", "Back-off pulling image", Kind.POD_IMAGE_FAILED),
    ("Killing", "Stopping container", Kind.POD_TERMINATED),
    ("Killing", "Need to kill Pod", Kind.POD_TERMINATED),
)
_WORDS_OF: dict[str, list[tuple[str, Kind]]] = {}
for _why, _words, _means in _BY_WORDS:
    _WORDS_OF.setdefault(_why, []).append((_words, _means))


def trouble(kind: str, reason: str, message: str) -> Kind | None:
    """What an Event about an object of this kind means; OTHER if it is known to mean nothing, None if it is unknown."""
    known = _BY_REASON.get((kind, reason))
    if known or kind != "Pod":
        return known
    if reason == "Killing" and ("failed liveness probe" in message or "failed startup probe" in message):
        return Kind.POD_KILLED
    if reason == "BackOff" and "restarting" in message:
        return Kind.POD_CRASH_LOOP
    if _REFUSED.fullmatch(reason):
        return Kind.POD_START_FAILED
    return next((means for words, means in _WORDS_OF.get(reason, ()) if message.startswith(words)), None)
