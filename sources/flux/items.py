"""The common parts of Kustomizations and HelmReleases: their identity, their targets, and their conditions."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from msgspec import Struct

from collector.event import Subject
from sources.cluster.fields import get, moment, objects, text
from sources.fact import Moment
from sources.gitops.services import WORKLOADS, Workload, service_of

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?", re.ASCII)
_OWN_KINDS = frozenset({"Kustomization", "HelmRelease"})


class Condition(Struct, frozen=True):
    """One condition of an object's status."""

    type: str
    status: str
    reason: str
    message: str
    since: Moment


class Deployer(Struct, frozen=True):
    """A Kustomization or HelmRelease."""

    kind: str
    namespace: str
    name: str
    subject: Subject
    parent: bool
    """Whether it deploys other Kustomizations and HelmReleases, and nothing with pods."""
    suspended: bool
    timeout: timedelta
    conditions: tuple[Condition, ...]
    source: tuple[str, str, str]
    """Kind, namespace and name of the source of its revisions."""
    raw: dict[str, Any]

    @property
    def label(self) -> str:
        """`Kustomization flux-system/checkout`."""
        return f"{self.kind} {self.namespace}/{self.name}"

    def condition(self, type_: str) -> Condition | None:
        """The condition of this type; None if there is none."""
        return next((one for one in self.conditions if one.type == type_), None)


class Artifact(Struct, frozen=True):
    """The revision that a configuration source offers, and the time when the cluster first had it."""

    key: tuple[str, str, str]
    revision: str
    seen: Moment


def read_deployer(kind: str, item: Any, cluster: str) -> Iterator[Deployer]:
    """Read a Kustomization or HelmRelease. Raises ValueError if it has no name."""
    name, namespace = text(item, "metadata", "name"), text(item, "metadata", "namespace")
    if not name:
        raise ValueError("an object without a name")
    spec, status = get(item, "spec"), get(item, "status")
    inventory = [text(each, "id").split("_") for each in objects(status, "inventory", "entries")]
    # An id is namespace_name_group_kind; the namespace is empty for cluster-scoped objects.
    deployed = [Workload(one[0], one[3], one[1]) for one in inventory if len(one) == 4 and one[3] in WORKLOADS]
    target = text(spec, "targetNamespace")
    release = text(spec, "releaseName") or (f"{target}-{name}" if target and kind == "HelmRelease" else name)
    labels = get(item, "metadata", "labels")
    remote = text(spec, "kubeConfig", "secretRef", "name")
    one = deployed[0] if len(deployed) == 1 else None
    places = {workload.namespace for workload in deployed}
    yield Deployer(
        kind=kind,
        namespace=namespace,
        name=name,
        subject=Subject(
            service=service_of(
                release if text(spec, "releaseName") else name, text(labels, "app.kubernetes.io/name"), deployed
            ),
            environment=text(labels, "environment") or text(labels, "env"),
            cluster=remote or cluster,
            namespace=next(iter(places)) if len(places) == 1 else target or namespace,
            workload=f"{one.kind}/{one.name}" if one else "",
        ),
        parent=not deployed and any(len(one) == 4 and one[3] in _OWN_KINDS for one in inventory),
        suspended=get(spec, "suspend") is True,
        timeout=duration(get(spec, "timeout")) or timedelta(minutes=5),
        conditions=tuple(each for raw in objects(status, "conditions") for each in _condition(raw)),
        source=(
            text(spec, "sourceRef", "kind"),
            text(spec, "sourceRef", "namespace") or namespace,
            text(spec, "sourceRef", "name"),
        ),
        raw=item,
    )


def read_artifact(kind: str, item: Any) -> Iterator[Artifact]:
    """Read the artifact of a GitRepository or OCIRepository; yields nothing if there is none yet."""
    artifact = get(item, "status", "artifact")
    seen, revision = moment(get(artifact, "lastUpdateTime")), text(artifact, "revision")
    if seen is not None and revision:
        yield Artifact((kind, text(item, "metadata", "namespace"), text(item, "metadata", "name")), revision, seen)


def release_of(deployer: Deployer) -> str:
    """Its Helm release as `namespace/name`; the name begins with the target namespace, if set."""
    spec = get(deployer.raw, "spec")
    target = text(spec, "targetNamespace")
    name = text(spec, "releaseName") or (f"{target}-{deployer.name}" if target else deployer.name)
    return f"{target or deployer.namespace}/{name}"


def duration(value: object) -> timedelta | None:
    """A duration in Go's notation, `1m30.5s`, at most a day; None if the value is not one."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) and 0 < len(value) < 40 else None
    if match is None:
        return None
    hours, minutes, seconds, milliseconds = (float(part or 0) for part in match.groups())
    return min(timedelta(days=1), timedelta(seconds=hours * 3600 + minutes * 60 + seconds + milliseconds / 1000))


def _condition(item: Any) -> Iterator[Condition]:
    since = moment(item.get("lastTransitionTime"))
    if since is not None:
        yield Condition(text(item, "type"), text(item, "status"), text(item, "reason"), text(item, "message"), since)
