"""Facts about ConfigMaps and Secrets."""

from typing import Literal

from collector.event import Kind, Subject
from sources.cluster.facts.fact import Fact

Done = Literal["created", "changed", "deleted", "deleted all"]


def config_changed(cluster: str, namespace: str, kind: str, name: str, done: Done, *, service: str, by: str) -> Fact:
    """A ConfigMap or Secret was created, changed or deleted; `by` is who, and with what, and may be empty.

    `name` is empty where several were deleted at once, or where the server was to name it.
    """
    what = (
        f"{kind} {name}" if name else f"{kind}s in {namespace}" if done == "deleted all" else f"a {kind} in {namespace}"
    )
    verb = "were deleted" if done == "deleted all" else f"was {done}"
    words = f"{what} {verb}" + (f" by {by}" if by else "")
    merge_key = f"{cluster}/{namespace}/{kind}/{name}/changed" if name else ""
    return Fact(Kind.CONFIG_CHANGED, config_subject(cluster, namespace, kind, name, service), words, merge_key)


def config_kept(
    cluster: str, namespace: str, kind: str, name: str, done: Done, why: str, *, by: str = "", times: int = 1
) -> Fact:
    """A ConfigMap or Secret that configures no service was written; `why` it configures none: `which is a lock`."""
    often = f" {times} times" if times > 1 else ""
    words = f"{kind} {name}, {why}, was {done}{often}" + (f" by {by}" if by else "")
    return Fact(Kind.OTHER, config_subject(cluster, namespace, kind, name, ""), words, "")


def config_subject(cluster: str, namespace: str, kind: str, name: str, service: str) -> Subject:
    """The subject of what happens to a ConfigMap or Secret."""
    workload = f"{kind}/{name}" if name else ""
    return Subject(service=service, cluster=cluster, namespace=namespace, workload=workload)
