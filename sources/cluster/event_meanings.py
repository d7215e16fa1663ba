"""What Events report about pods and their controllers, about volumes, and about Jobs and CronJobs in trouble."""

import functools
import re
from enum import Enum, auto


class Meaning(Enum):
    """What an Event reports, whatever its wording; `event_reports` has the fact for each meaning."""

    SCHEDULED = auto()
    UNSCHEDULABLE = auto()
    START_FAILED = auto()
    IMAGE_FAILED = auto()
    VOLUME_UNBOUND = auto()
    NOT_READY = auto()
    """The pod has not become ready since it was made."""
    UNREADY = auto()
    """The pod had been ready, and is not any more."""
    EVICTED = auto()
    TERMINATED = auto()
    PROBE_FAILED = auto()
    """A container is killed because its probe failed."""
    OUT_OF_MEMORY = auto()
    CRASH_LOOP = auto()
    JOB_FAILED = auto()
    AUTOSCALED = auto()
    WARNING = auto()
    """Nothing is understood of it except that it is a warning."""
    NOTHING = auto()
    """Not a sign of trouble, or not understood."""


OWNERS = ("ReplicaSet", "StatefulSet", "DaemonSet", "ReplicationController")
"""What makes pods, apart from Jobs."""
_BY_REASON = {
    ("Pod", "Scheduled"): Meaning.SCHEDULED,
    ("Pod", "NodeNotReady"): Meaning.UNREADY,
    ("Pod", "OOMKilling"): Meaning.OUT_OF_MEMORY,
    ("Pod", "OOMKilled"): Meaning.OUT_OF_MEMORY,
    ("Pod", "CrashLoopBackOff"): Meaning.CRASH_LOOP,
    ("Pod", "ErrImageNeverPull"): Meaning.IMAGE_FAILED,
    ("Pod", "InspectFailed"): Meaning.IMAGE_FAILED,
    ("Pod", "FailedMount"): Meaning.START_FAILED,
    ("Pod", "FailedAttachVolume"): Meaning.START_FAILED,
    ("Pod", "FailedMapVolume"): Meaning.START_FAILED,
    ("Pod", "FailedCreatePodSandBox"): Meaning.START_FAILED,
    ("Pod", "FailedCreatePodContainer"): Meaning.START_FAILED,
    ("Pod", "FailedPrepareDynamicResources"): Meaning.START_FAILED,
    ("Pod", "NetworkNotReady"): Meaning.START_FAILED,
    ("Deployment", "ReplicaSetCreateError"): Meaning.START_FAILED,
    ("Rollout", "ReplicaSetCreateError"): Meaning.START_FAILED,
    ("Job", "FailedCreate"): Meaning.START_FAILED,
    ("PersistentVolumeClaim", "ProvisioningFailed"): Meaning.VOLUME_UNBOUND,
    ("PersistentVolumeClaim", "FailedBinding"): Meaning.VOLUME_UNBOUND,
    ("PersistentVolumeClaim", "VolumeMismatch"): Meaning.VOLUME_UNBOUND,
    ("PersistentVolumeClaim", "ClaimMisbound"): Meaning.VOLUME_UNBOUND,
    ("PersistentVolumeClaim", "ClaimLost"): Meaning.VOLUME_UNBOUND,
    ("Job", "BackoffLimitExceeded"): Meaning.JOB_FAILED,
    ("Job", "DeadlineExceeded"): Meaning.JOB_FAILED,
    ("Job", "PodFailurePolicy"): Meaning.JOB_FAILED,
    ("Job", "FailedIndexes"): Meaning.JOB_FAILED,
    ("CronJob", "FailedCreate"): Meaning.JOB_FAILED,
    ("CronJob", "MissSchedule"): Meaning.JOB_FAILED,
    ("CronJob", "FailedNeedsStart"): Meaning.JOB_FAILED,
    ("CronJob", "TooManyMissedTimes"): Meaning.JOB_FAILED,
} | {(kind, "FailedCreate"): Meaning.START_FAILED for kind in OWNERS}
_REFUSED = re.compile(
    "OutOf[a-z]\\S*|NodeAffinity|NodePorts|PodFitsHostPorts|HostPortConflict|HostNetworkNotSupported|Unexpected[Aa]dmissionError"
    "|TopologyAffinityError|ResourceAllocationError|SysctlForbidden|AppArmor|PodOS\\w+|NodeUnschedulable|TaintToleration"
    "|InitContainerRestartPolicyForbidden|SupplementalGroupsPolicyNotSupported|UserNamespacesNotSupported"
)
"""Reasons why a kubelet refuses a pod that was assigned to its node (k8s.io/kubernetes, pkg/kubelet/lifecycle)."""
_BY_WORDS = (
    # The scheduler also reports this of a pod that is being deleted and needs no node.
    ("FailedScheduling", "skip schedule deleting pod", Meaning.NOTHING),
    ("FailedScheduling", "", Meaning.UNSCHEDULABLE),
    # The node's taint was removed in time.
    ("TaintManagerEviction", "Cancelling", Meaning.NOTHING),
    ("Failed", "Failed to pull image", Meaning.IMAGE_FAILED),
    ("Failed", "Failed to inspect image", Meaning.IMAGE_FAILED),
    ("Failed", "Failed to apply default image tag", Meaning.IMAGE_FAILED),
    ("Failed", "Error: ErrImagePull", Meaning.IMAGE_FAILED),
    ("Failed", "Error: ImagePullBackOff", Meaning.IMAGE_FAILED),
    ("Failed", "Error: InvalidImageName", Meaning.IMAGE_FAILED),
    ("Failed", "Error: ErrImageNeverPull", Meaning.IMAGE_FAILED),
    ("Failed", "Error: ImageInspectError", Meaning.IMAGE_FAILED),
    # Everything else that prevents a container from being made or started.
    ("Failed", "", Meaning.START_FAILED),
    ("BackOff", "Back-off pulling image", Meaning.IMAGE_FAILED),
    ("Killing", "Stopping container", Meaning.TERMINATED),
    ("Killing", "Need to kill Pod", Meaning.TERMINATED),
)
_EVICTED = frozenset({"Evicted", "Preempted", "EvictedByVPA"})
_DESCHEDULER = "by sigs.k8s.io/descheduler"
"""How the Events of the descheduler end, whose reasons are the names of its strategies."""
_WORDS_OF: dict[str, list[tuple[str, Meaning]]] = {}
for _why, _words, _means in _BY_WORDS:
    _WORDS_OF.setdefault(_why, []).append((_words, _means))


def evicts(reason: str, message: str) -> bool:
    """Whether an Event about a pod reports that it is evicted, by Kubernetes or by one of the usual tools."""
    if reason == "TaintManagerEviction":
        return not message.startswith("Cancelling")
    if reason == "ScaleDown":
        # Of the cluster autoscaler, which reports other things of nodes in the same word.
        return message.startswith("deleting pod")
    return reason in _EVICTED or _DESCHEDULER in message


def trouble(kind: str, reason: str, message: str) -> Meaning | None:
    """What an Event about an object of this kind means; None if it is not among those that are known."""
    if kind == "Pod" and evicts(reason, message):
        return Meaning.EVICTED
    if kind == "Pod" and reason in _WORDS_OF:
        return _by_words(reason, message)
    return _by_reason(kind, reason)


def _by_words(reason: str, message: str) -> Meaning | None:
    """The meaning of an Event about a pod, if the reason alone does not show it."""
    if reason == "Killing" and ("failed liveness probe" in message or "failed startup probe" in message):
        return Meaning.PROBE_FAILED
    if reason == "BackOff" and "restarting" in message:
        return Meaning.CRASH_LOOP
    return next((means for words, means in _WORDS_OF[reason] if message.startswith(words)), None)


# A large cluster has few distinct reasons, and tens of thousands of Events.
@functools.lru_cache(maxsize=1000)
def _by_reason(kind: str, reason: str) -> Meaning | None:
    known = _BY_REASON.get((kind, reason))
    if known is None and kind == "Pod" and _REFUSED.fullmatch(reason):
        return Meaning.START_FAILED
    return known
