"""ReplicationControllers of OpenShift's DeploymentConfigs: each is one rollout, with its number and its outcome."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from sources.cluster.fields import controller, get, integer, moment, service_of, strings, text
from sources.cluster.image import Software, software
from sources.cluster.template_changes import PackedTemplate, pack
from sources.fact import Moment

CONFIG = "DeploymentConfig"
_PREFIX = "openshift.io/"
# The deployer writes times as Go prints them: `2026-04-01 14:05:20 +0000 UTC`.
_PRINTED = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d\d)(\d\d)(?: .*)?", re.ASCII)
_PER_ROLLOUT = re.compile(r"deployment|deploymentconfig|openshift\.io/.+")
"""Labels and annotations of the pod template that differ in each rollout."""


class ReplicationController(Struct, frozen=True):
    """One rollout of a DeploymentConfig. Unknown texts are empty."""

    key: tuple[str, str]
    """Namespace and name."""
    uid: str
    config: str
    """Name of the DeploymentConfig."""
    number: int
    phase: str
    """`New`, `Pending`, `Running`, `Complete` or `Failed`."""
    why: str
    """Why it failed, or that somebody cancelled it."""
    created: Moment | None
    ended: Moment | None
    """When its deployer pod ended."""
    service: str
    runs: Software
    template: PackedTemplate


def read_replication_controller(item: Mapping[str, Any]) -> Iterator[ReplicationController]:
    """Read one; nothing if it belongs to no DeploymentConfig. Raises ValueError if it has no name."""
    name = text(item, "metadata", "name")
    if not name:
        raise ValueError("an object without a name")
    notes = strings(item, "metadata", "annotations")
    kind, owner = controller(item)
    config = owner if kind == CONFIG else notes.get(f"{_PREFIX}deployment-config.name", "")
    number = integer(notes.get(f"{_PREFIX}deployment-config.latest-version", ""))
    if not config or number is None:
        return
    cancelled = "cancelled" if notes.get(f"{_PREFIX}deployment.cancelled") == "true" else ""
    labels, template = strings(item, "metadata", "labels"), _template(item)
    yield ReplicationController(
        key=(text(item, "metadata", "namespace"), name),
        uid=text(item, "metadata", "uid"),
        config=config,
        number=number,
        phase=notes.get(f"{_PREFIX}deployment.phase", ""),
        why=notes.get(f"{_PREFIX}deployment.status-reason", "") or cancelled,
        created=moment(get(item, "metadata", "creationTimestamp")),
        ended=_printed(notes.get(f"{_PREFIX}deployer-pod.completed-at", "")),
        service=service_of(labels, config),
        runs=software(item, template, config),
        template=pack(template, item),
    )


def _template(item: Mapping[str, Any]) -> dict[str, Any]:
    template = get(item, "spec", "template")
    notes = {
        field: {
            key: value for key, value in strings(template, "metadata", field).items() if not _PER_ROLLOUT.fullmatch(key)
        }
        for field in ("labels", "annotations")
    }
    return {"metadata": notes, "spec": get(template, "spec")}


def _printed(stamp: str) -> Moment | None:
    found = _PRINTED.fullmatch(stamp)
    return moment("{}T{}{}:{}".format(*found.groups()) if found else stamp)
