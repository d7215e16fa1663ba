"""When the deletion of a pod was requested."""

from datetime import timedelta

from sources.fact import Moment
from sources.kube_state_metrics.sampled_pods import Pod
from sources.kube_state_metrics.states import Metrics, within

GRACE = timedelta(seconds=30)
"""Kubernetes' default; kube-state-metrics does not report what it is for a pod."""
DELETION = "kube_pod_deletion_timestamp"


def requested(pod: Pod, metrics: Metrics) -> Moment | None:
    """When somebody asked for its deletion; None if nobody was seen to.

    The stamp of that is the future: the request and a grace period that is not reported. It is there from the request
    until the pod is gone, which may be between two scrapes.
    """
    state = pod.of(metrics, DELETION)
    if len(state.times):
        seen = float(state.times[0])
        before = pod.before(seen)
        return within(pod.created if before is None else before, seen)
    if pod.gone is None:
        return None
    # Where a grace period is never seen, it may have begun long before the pod was gone.
    unknown = 0.0 if DELETION in metrics else GRACE.total_seconds()
    return within(max(pod.created, pod.last - unknown), pod.gone)
