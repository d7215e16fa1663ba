"""When the deletion of a pod was requested."""

from datetime import timedelta

from sources.fact import Moment
from sources.kube_state_metrics.sampled_pods import Pod
from sources.kube_state_metrics.states import Metrics, within

GRACE = timedelta(seconds=30)
"""Kubernetes' default; kube-state-metrics does not report a pod's own grace period."""
DELETION = "kube_pod_deletion_timestamp"


def requested(pod: Pod, metrics: Metrics) -> Moment | None:
    """When somebody requested the pod's deletion; None if no deletion was seen.

    The deletion timestamp is in the future: the time of the request plus a grace period that is not reported. It is
    present from the request until the pod is gone, which may be between two scrapes.
    """
    state = pod.of(metrics, DELETION)
    if len(state.times):
        seen = float(state.times[0])
        before = pod.before(seen)
        return within(pod.created if before is None else before, seen)
    if pod.gone is None:
        return None
    # If the metric is not scraped at all, the grace period may have begun long before the pod was gone.
    unknown = 0.0 if DELETION in metrics else GRACE.total_seconds()
    return within(max(pod.created, pod.last - unknown), pod.gone)
