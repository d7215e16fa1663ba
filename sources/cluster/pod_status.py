"""What the status of a pod (core/v1 PodStatus) reports of its containers, and why the pod cannot start."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sources.cluster.facts.pods import reason_and_message
from sources.cluster.fields import condition, count, get, moment, objects, text
from sources.cluster.pod_history import Death, Evidence
from sources.fact import Moment

STATUSES = ("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses")
IMAGE_FAILED = frozenset(
    {"ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError"}
    | {"RegistryUnavailable", "SignatureValidationFailed"}
)
"""Why a container waits for its image (k8s.io/kubernetes, pkg/kubelet/images/types.go)."""
EVICTED = frozenset({"Evicted", "Preempting", "Shutdown", "NodeShutdown", "Terminated", "NodeLost"})
"""Why the kubelet stops a pod that it had accepted: pressure on its node, a critical pod, the node's shutdown."""
BACK_OFF = "CrashLoopBackOff"
UNDER_WAY = frozenset({"", "ContainerCreating", "PodInitializing", BACK_OFF})
"""Why a container waits that may still start. Any other reason is a failure, whatever it is called."""
FIRST_REPORT = timedelta(seconds=2)
"""The kubelet first reports a pod within this time after `startTime`, which is in that report."""


def containers(item: Any) -> Iterator[dict[str, Any]]:
    """The statuses of all containers, init containers first."""
    for field in STATUSES:
        yield from objects(item, "status", field)


def is_calm(item: Any) -> bool:
    """Whether a pod is ready and its status shows no past trouble, like most pods of a cluster."""
    status = get(item, "status")
    if get(item, "metadata", "deletionTimestamp") is not None or text(status, "phase") != "Running":
        return False
    conditions = {each.get("type"): each.get("status") for each in objects(status, "conditions")}
    if "Ready" not in conditions or "DisruptionTarget" in conditions or set(conditions.values()) != {"True"}:
        return False
    return not any(each.get("lastState") or not _runs_or_is_done(get(each, "state")) for each in containers(item))


def _runs_or_is_done(state: Any) -> bool:
    if not isinstance(state, dict) or len(state) != 1:
        return False
    ended = state.get("terminated")
    return "running" in state or (get(ended, "exitCode") == 0 and get(ended, "reason") == "Completed")


def deaths(item: Any, evidence: str, query: str) -> Iterator[Death]:
    """The last end of each container, and the end that is its present state; their ids begin with `evidence`."""
    for status in containers(item):
        for state in ("lastState", "state"):
            ended = get(status, state, "terminated")
            at, code, reason = moment(get(ended, "finishedAt")), count(ended, "exitCode"), text(ended, "reason")
            if at is None or (code is None and reason != "OOMKilled"):
                continue
            container, began = text(status, "name"), moment(get(ended, "startedAt"))
            yield Death(
                container=container,
                when=at,
                evidence=Evidence(f"{evidence}/{container}/{at.earliest:%Y-%m-%dT%H:%M:%SZ}", query),
                code=code,
                reason=reason,
                restarts=count(status, "restartCount"),
                started=began.earliest if began else None,
                final=state == "state",
            )


def waiting(item: Any) -> Iterator[tuple[str, str, str]]:
    """Name, reason and message of each waiting container."""
    for status in containers(item):
        if isinstance(get(status, "state", "waiting"), dict):
            reason, message = text(status, "state", "waiting", "reason"), text(status, "state", "waiting", "message")
            yield text(status, "name"), reason, message


def start_failure(item: Any) -> tuple[str, str] | None:
    """Why the pod cannot start or its node refused it: reason, and full description. None if it may still start."""
    reason, message = text(item, "status", "reason"), text(item, "status", "message")
    if text(item, "status", "phase") == "Failed":
        ran = any(get(each, state, "terminated") for each in containers(item) for state in ("state", "lastState"))
        return None if not reason or reason in EVICTED or ran else (reason, reason_and_message(reason, message))
    for name, why, more in waiting(item):
        if why not in UNDER_WAY and why not in IMAGE_FAILED:
            return why, f"container {name}: {reason_and_message(why, more)}"
    return None


def image_failure(item: Any) -> tuple[str, str] | None:
    """Why a container lacks its image: reason, and full description. None if no image is missing."""
    for name, why, more in waiting(item):
        if why in IMAGE_FAILED:
            return why, f"container {name}: {reason_and_message(why, more)}"
    return None


def eviction(item: Any) -> str:
    """Why the kubelet stopped the pod, in words; empty if it did not."""
    reason = text(item, "status", "reason")
    failed = text(item, "status", "phase") == "Failed" and reason in EVICTED
    return reason_and_message(reason, text(item, "status", "message")) if failed else ""


def restarts(item: Any) -> int:
    """The highest restart count of any container."""
    return max((count(status, "restartCount") or 0 for status in containers(item)), default=0)


def never_ready(item: Any) -> tuple[str, str] | None:
    """Why a pod on a node has not become ready since its start: the reason, and a full description.

    None if it was ready, has finished, or if nothing reports its readiness. A pod that was never ready has not been
    ready since its kubelet first reported it.
    """
    state, started = condition(item, "Ready"), moment(get(item, "status", "startTime"))
    since = moment(state.get("lastTransitionTime"))
    # A patch of a status does not repeat the phase that the pod had from its creation.
    if text(item, "status", "phase") not in ("", "Pending", "Running") or state.get("status") != "False" or not started:
        return None
    if since and since.earliest > started.latest + FIRST_REPORT:
        return None
    for status in objects(item, "status", "initContainerStatuses"):
        if isinstance(get(status, "state", "running"), dict) and get(status, "started") is not True:
            return "PodInitializing", f"init container {text(status, 'name')} has not ended"
    for name, reason, message in waiting(item):
        if reason:
            return reason, f"container {name} waits: {reason_and_message(reason, message)}"
    return text(state, "reason"), reason_and_message(text(state, "reason"), text(state, "message"))


def lost_readiness(item: Any) -> tuple[Moment, str] | None:
    """Since when a pod that had been ready is not ready any more, and why; None if it is ready, or never was."""
    state, first = condition(item, "Ready"), moment(get(item, "status", "startTime"))
    since = moment(state.get("lastTransitionTime"))
    if state.get("status") != "False" or since is None or first is None:
        return None
    if since.earliest <= first.latest + FIRST_REPORT:
        return None
    return since, text(state, "message") or text(state, "reason")
