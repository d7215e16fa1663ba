"""The service that a release deploys."""

from collector.event import Subject
from sources.gitops.services import service_of
from sources.helm.items import Record


def subject_of(record: Record, cluster: str) -> Subject:
    """The service in the workloads' labels, else the one found by `sources.gitops.services`, and where it runs."""
    one = record.workloads[0] if len(record.workloads) == 1 else None
    label = record.services[0] if len(record.services) == 1 else ""
    return Subject(
        service=service_of(record.release, label, record.workloads),
        cluster=cluster,
        namespace=one.namespace if one else record.namespace,
        workload=f"{one.kind}/{one.name}" if one else "",
    )
