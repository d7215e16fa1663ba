"""Facts about workloads as a whole, and about the Services and Ingresses that lead to them."""

from collector.event import Kind, Subject
from collector.people import spoken
from sources.fact import Fact

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
"""The resources with deletions that are facts of their own, and their kinds. Jobs and pods come and go."""


def workload_deleted(subject: Subject, kind: str, name: str, *, by: str = "") -> Fact:
    """An object of one of the kinds DELETABLE was deleted; `by` is who did it, and with which program.

    `name` is empty if one request deleted all objects of the kind that it selected in the namespace of `subject`.
    """
    many = f"{kind}es" if kind.endswith("s") else f"{kind}s"
    what = f"{kind} {name} was deleted" if name else f"{many} in {subject.namespace} were deleted"
    key = f"{subject.cluster}/{subject.namespace}/{kind}/{name}/deleted" if name else ""
    return Fact(Kind.WORKLOAD_DELETED, subject, f"{what}{f' by {spoken(by)}' if by else ''}", key)
