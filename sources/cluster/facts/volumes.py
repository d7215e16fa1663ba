"""Facts about PersistentVolumeClaims."""

from collector.event import Kind, Subject
from sources.fact import Fact


def unbound(subject: Subject, claim: str, why: str) -> Fact:
    """A claim gets no volume; the subject is the workload that mounts it, or the claim itself."""
    key = f"{subject.cluster}/{subject.namespace}/PersistentVolumeClaim/{claim}/unbound"
    return Fact(Kind.VOLUME_UNBOUND, subject, f"PersistentVolumeClaim {claim} gets no volume ({why})", key)
