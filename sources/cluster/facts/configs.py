"""Facts about ConfigMaps and Secrets."""

from collections.abc import Sequence
from typing import Literal

from collector.event import Kind, Subject
from collector.people import spoken
from sources.fact import Fact

Done = Literal["created", "changed", "deleted"]
_NAMED = 3
"""If more services than this use one object, only their number is given."""


def config_changed(
    cluster: str, namespace: str, kind: str, name: str, done: Done, *, service: str, by: str, shared: Sequence[str] = ()
) -> Fact:
    """A ConfigMap or Secret was created, changed or deleted; `by` is who and with which program, and may be empty.

    `shared` are the services that use it, if there are several.

    `name` is empty if several were deleted at once, or if the server was to choose the name.
    """
    users = f", which {_users(shared)} use," if len(shared) > 1 else ""
    if name:
        what = f"{kind} {name}{users} was"
    else:
        what = f"{kind}s in {namespace} were" if done == "deleted" else f"A {kind} in {namespace} was"
    merge_key = f"{cluster}/{namespace}/{kind}/{name}/changed" if name else ""
    subject = config_subject(cluster, namespace, kind, name, service)
    return Fact(Kind.CONFIG_CHANGED, subject, f"{what} {done}" + (f" by {spoken(by)}" if by else ""), merge_key)


def _users(shared: Sequence[str]) -> str:
    return f"{', '.join(shared[:-1])} and {shared[-1]}" if len(shared) <= _NAMED else f"{len(shared)} services"


def config_kept(
    cluster: str, namespace: str, kind: str, name: str, done: Done, why: str, *, by: str = "", times: int = 1
) -> Fact:
    """A ConfigMap or Secret that configures no service was written; `why` is the reason: `which is a lock`."""
    often = f" {times} times" if times > 1 else ""
    words = f"{kind} {name}, {why}, was {done}{often}" + (f" by {spoken(by)}" if by else "")
    return Fact(Kind.OTHER, config_subject(cluster, namespace, kind, name, ""), words, "")


def config_subject(cluster: str, namespace: str, kind: str, name: str, service: str) -> Subject:
    """The subject of facts about a ConfigMap or Secret."""
    workload = f"{kind}/{name}" if name else ""
    return Subject(service=service, cluster=cluster, namespace=namespace, workload=workload)
