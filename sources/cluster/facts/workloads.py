"""Facts about workloads as a whole, and about what leads to them."""

from collector.event import Kind, Subject
from sources.cluster.facts.fact import Fact

DELETABLE = {
    "deployments": "Deployment",
    "statefulsets": "StatefulSet",
    "daemonsets": "DaemonSet",
    "rollouts": "Rollout",
    "cronjobs": "CronJob",
    "horizontalpodautoscalers": "HorizontalPodAutoscaler",
    "services": "Service",
    "ingresses": "Ingress",
    "namespaces": "Namespace",
}
"""The resources of which the deletion is a fact of its own, and their kinds. Jobs and pods come and go by themselves."""


def workload_deleted(subject: Subject, kind: str, name: str, *, by: str = "", several: bool = False) -> Fact:
    """An object of one of the kinds DELETABLE was deleted; `by` is who did it, and with what.

    `several`: all of the kind that a request selected in the namespace of `subject`; `name` is empty then.
    """
    what = f"{kind}s in {subject.namespace} were deleted" if several else f"{kind} {name} was deleted"
    key = "" if several else f"{subject.cluster}/{subject.namespace}/{kind}/{name}/deleted"
    return Fact(Kind.WORKLOAD_DELETED, subject, f"{what}{f' by {by}' if by else ''}", key)
