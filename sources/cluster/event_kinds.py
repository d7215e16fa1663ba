"""What Events tell of pods, and of Jobs and CronJobs in trouble."""

from collector.event import Kind

_BY_REASON = {
    ("Pod", "Scheduled"): Kind.POD_SCHEDULED,
    ("Pod", "Evicted"): Kind.POD_EVICTED,
    ("Pod", "Preempted"): Kind.POD_EVICTED,
    ("Pod", "NodeNotReady"): Kind.POD_UNREADY,
    ("Pod", "OOMKilling"): Kind.POD_OOM_KILLED,
    ("Pod", "OOMKilled"): Kind.POD_OOM_KILLED,
    ("Pod", "CrashLoopBackOff"): Kind.POD_CRASHED,
    ("Pod", "ErrImageNeverPull"): Kind.POD_IMAGE_FAILED,
    ("Pod", "InspectFailed"): Kind.POD_IMAGE_FAILED,
    ("Job", "BackoffLimitExceeded"): Kind.JOB_FAILED,
    ("Job", "DeadlineExceeded"): Kind.JOB_FAILED,
    ("Job", "PodFailurePolicy"): Kind.JOB_FAILED,
    ("Job", "FailedIndexes"): Kind.JOB_FAILED,
    ("CronJob", "FailedCreate"): Kind.JOB_FAILED,
    ("CronJob", "MissSchedule"): Kind.JOB_FAILED,
    ("CronJob", "FailedNeedsStart"): Kind.JOB_FAILED,
    ("CronJob", "TooManyMissedTimes"): Kind.JOB_FAILED,
}
_BY_WORDS = (
    # The scheduler says so too of a pod that is being deleted, which needs no node.
    ("FailedScheduling", "skip schedule deleting pod", Kind.OTHER),
    ("FailedScheduling", "", Kind.POD_UNSCHEDULABLE),
    # The node's taint was taken away again in time.
    ("TaintManagerEviction", "Cancelling", Kind.OTHER),
    ("TaintManagerEviction", "", Kind.POD_EVICTED),
    ("Failed", "Failed to pull image", Kind.POD_IMAGE_FAILED),
    ("Failed", "Error: ErrImagePull", Kind.POD_IMAGE_FAILED),
    ("Failed", "Error: ImagePullBackOff", Kind.POD_IMAGE_FAILED),
    ("Failed", "Error: InvalidImageName", Kind.POD_IMAGE_FAILED),
    ("BackOff", "Back-off pulling image", Kind.POD_IMAGE_FAILED),
    ("Killing", "Stopping container", Kind.POD_TERMINATED),
    ("Killing", "Need to kill Pod", Kind.POD_TERMINATED),
)
_WORDS_OF: dict[str, list[tuple[str, Kind]]] = {}
for _why, _words, _means in _BY_WORDS:
    _WORDS_OF.setdefault(_why, []).append((_words, _means))


def trouble(kind: str, reason: str, message: str) -> Kind:
    """What an Event about an object of this kind means; OTHER if it means nothing of its own."""
    known = _BY_REASON.get((kind, reason))
    if known or kind != "Pod":
        return known or Kind.OTHER
    if reason == "Killing" and ("failed liveness probe" in message or "failed startup probe" in message):
        return Kind.POD_KILLED
    if reason == "BackOff" and "restarting" in message:
        return Kind.POD_CRASHED
    return next((means for words, means in _WORDS_OF.get(reason, ()) if message.startswith(words)), Kind.OTHER)
