"""Facts about ConfigMaps and Secrets."""

from typing import Literal

from collector.event import Kind, Subject
from sources.cluster.facts.fact import Fact

Done = Literal["created", "changed", "deleted", "deleted all"]


def config_changed(cluster: str, namespace: str, kind: str, name: str, done: Done, *, service: str, by: str) -> Fact:
    """A ConfigMap or Secret was created, changed or deleted; `by` is who, and with what, and may be empty.

    `name` is empty where several were deleted at once, or where the server was to name it.
    """
    words = f"{kind} {name or f'in {namespace}'} was {done}" + (f" by {by}" if by else "")
    merge_key = f"{cluster}/{namespace}/{kind}/{name}/changed" if name else ""
    return Fact(Kind.CONFIG_CHANGED, config_subject(cluster, namespace, kind, name, service), words, merge_key)


def config_rewritten(cluster: str, namespace: str, kind: str, name: str, times: int, *, why: str, service: str) -> Fact:
    """A ConfigMap or Secret was written many times for its own sake, which changes nothing for a service."""
    words = f"{kind} {name} was changed {times} {'time' if times == 1 else 'times'}, {why}"
    subject = config_subject(cluster, namespace, kind, name, service)
    return Fact(Kind.OTHER, subject, words, f"{cluster}/{namespace}/{kind}/{name}/rewritten")


def config_subject(cluster: str, namespace: str, kind: str, name: str, service: str) -> Subject:
    """The subject of what happens to a ConfigMap or Secret."""
    workload = f"{kind}/{name}" if name else ""
    return Subject(service=service, cluster=cluster, namespace=namespace, workload=workload)
