"""Builds an Inventory from the listed JSON."""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from collector.json_text import encode
from collector.source import UNREADABLE, BadAnswer, Document, Gap, each
from sources.cluster.analyses import read_analysis
from sources.cluster.config_uses import uses
from sources.cluster.deployments import read_deployment, read_rollout
from sources.cluster.event_objects import Record, read_record
from sources.cluster.fields import (
    condition,
    controller,
    count,
    get,
    integer,
    moment,
    objects,
    seconds,
    strings,
    text,
)
from sources.cluster.glance import glance
from sources.cluster.image import software
from sources.cluster.inventory import WITH_REPLICA_SETS, Inventory, Key, Pod, ReplicaSet, service_of
from sources.cluster.lists import CONTROLLERS, ENDPOINT_SLICES, NAMES
from sources.cluster.main_containers import agree_on_main_containers
from sources.cluster.replication_controllers import CONFIG, read_replication_controller
from sources.cluster.revisions import KINDS, revision, workload
from sources.cluster.template_changes import pack
from sources.fact import Moment

_OTHERS = (
    *("jobs", "horizontalpodautoscalers", "nodes", "configmaps", "secrets"),
    *("services", "ingresses", "httproutes", "endpointslices"),
)
_PREFIXES = {"Deployment": "deployment.kubernetes.io/", "Rollout": "rollout.argoproj.io/"}
_OF_PODS = {
    "metadata": ("labels", "deletionTimestamp", "deletionGracePeriodSeconds"),
    "spec": ("nodeName",),
    "status": (
        *("phase", "reason", "message", "startTime", "conditions"),
        *("initContainerStatuses", "containerStatuses"),
    ),
}
"""The parts of pods that are kept, because pods are large."""
_Object = dict[str, Any]
_Found = dict[object, tuple[Any, ...] | None]
"""The result of reading each object, by its uid; None if it could not be read."""


def build_inventory(documents: Iterable[Document], inventory: Inventory, records: list[Record]) -> Iterator[Gap]:
    """Sort the listed objects into `inventory`, and the Event objects into `records`; each object once.

    A list that had to be restarted repeats objects: the later answer wins. Parts of an object that are not needed are
    dropped with its document, because the objects of a large cluster do not fit into memory as they are.
    """
    lists: dict[str, _Found] = {call: {} for call in (*NAMES, ENDPOINT_SLICES.name, CONTROLLERS.name)}
    for document in documents:
        yield from _take(document, lists, inventory)
        # A page is large: release it before waiting for the next one.
        del document
    for call in ("deployments", "rollouts"):
        for deployment in _read(lists, call):
            if isinstance(deployment, Gap):
                yield deployment
            else:
                inventory.deployments[deployment.key] = deployment
                inventory.services[deployment.key] = deployment.service
    for replica_set in _read(lists, "replicasets"):
        if isinstance(replica_set, Gap):
            yield replica_set
        else:
            inventory.replica_sets[replica_set.key] = replica_set
    for own in sorted(inventory.replica_sets.values(), key=lambda own: own.key):
        inventory.services.setdefault((own.key[0], own.workload), own.service)
    for made in _read(lists, CONTROLLERS.name):
        if isinstance(made, Gap):
            yield made
        else:
            inventory.controllers[made.key] = made
            inventory.services.setdefault((made.key[0], f"{CONFIG}/{made.config}"), made.service)
    yield from _take_revisions(lists, inventory)
    agree_on_main_containers(inventory)
    inventory.raw_objects |= {call: list(_read(lists, call)) for call in _OTHERS}
    for analysis in _read(lists, "analysisruns"):
        if isinstance(analysis, Gap):
            yield analysis
        else:
            inventory.analyses.setdefault((analysis.namespace, f"Rollout/{analysis.rollout}"), []).append(analysis)
    for pod in _read(lists, "pods"):
        if isinstance(pod, Gap):
            yield pod
        else:
            inventory.pods[pod.key] = pod
            _add_digest(inventory, pod)
    for record in _read(lists, "events"):
        if isinstance(record, Gap):
            yield record
        else:
            records.append(record)


def _take(document: Document, lists: Mapping[str, _Found], inventory: Inventory) -> Iterator[Gap]:
    found = lists.get(document.call)
    if found is None:
        yield Gap(f"{document.call}: this version does not know what it is")
        return
    try:
        items = get(document.json(), "items")
    except BadAnswer as error:
        yield Gap(error.reason)
        return
    inventory.listed = max(inventory.listed or document.at, document.at)
    parse = functools.partial(_identified, read=_READERS.get(document.call, _as_it_is))
    for item in each(items, parse, document.call):
        if isinstance(item, Gap):
            yield item
        else:
            found[item[0]] = item[1]


def _take_revisions(lists: Mapping[str, _Found], inventory: Inventory) -> Iterator[Gap]:
    for kind in KINDS:
        for own in _read(lists, f"{kind.lower()}s"):
            if isinstance(own, Gap):
                yield own
            else:
                inventory.workloads[own.namespace, own.kind, own.name] = own
    for found in _read(lists, "controllerrevisions"):
        if isinstance(found, Gap):
            yield found
        else:
            inventory.revisions[found.key] = found


def _read(lists: Mapping[str, _Found], call: str) -> Iterator[Any]:
    """The objects of one list after reading, and a Gap that counts those that could not be read."""
    found = lists[call]
    for made in found.values():
        yield from made or ()
    bad = sum(made is None for made in found.values())
    if bad:
        yield Gap(f"{call}: {bad} of {len(found)} could not be read and were left out")


def _identified(
    item: _Object, read: Callable[[_Object], Iterable[Any]]
) -> tuple[tuple[object, tuple[Any, ...] | None]]:
    key = text(item, "metadata", "uid") or _key(item)
    try:
        return ((key, tuple(read(item))),)
    except UNREADABLE:
        return ((key, None),)


def _as_it_is(item: _Object) -> Iterator[_Object]:
    yield item


def _key(item: _Object) -> Key:
    name = text(item, "metadata", "name")
    if not name:
        raise ValueError("an object without a name")
    return text(item, "metadata", "namespace"), name


def read_replica_set(item: _Object) -> Iterator[ReplicaSet]:
    """Read one ReplicaSet; nothing if no Deployment or Argo Rollout made it. Raises ValueError if it has no name."""
    key = _key(item)
    kind, owner = controller(item)
    if kind not in WITH_REPLICA_SETS:
        return
    prefix = _PREFIXES[kind]
    notes = strings(item, "metadata", "annotations")
    template = get(item, "spec", "template")
    had = [notes.get(prefix + "revision", ""), *notes.get(prefix + "revision-history", "").split(",")]
    yield ReplicaSet(
        key=key,
        uid=text(item, "metadata", "uid"),
        workload=f"{kind}/{owner}",
        created=moment(get(item, "metadata", "creationTimestamp")),
        revisions=tuple(sorted({number for each in had if (number := integer(each.strip())) is not None})),
        replicas=count(item, "spec", "replicas"),
        desired=integer(notes.get(prefix + "desired-replicas", "")),
        min_ready=seconds(item, "spec", "minReadySeconds", default=0),
        grace=seconds(template, "spec", "terminationGracePeriodSeconds", default=30),
        restarted=strings(template, "metadata", "annotations").get("kubectl.kubernetes.io/restartedAt", ""),
        service=service_of(strings(item, "metadata", "labels"), owner),
        runs=software(item, template, owner),
        failure=_failure(item),
        template=pack(template, item),
    )


def _failure(item: _Object) -> tuple[Moment, str, str] | None:
    """The condition ReplicaFailure, which is present as long as pods cannot be made or removed."""
    state = condition(item, "ReplicaFailure")
    since = moment(state.get("lastTransitionTime"))
    if since is None or state.get("status") != "True" or text(state, "reason") != "FailedCreate":
        return None
    return since, text(state, "reason"), text(state, "message")


def _pod(item: _Object) -> Iterator[Pod]:
    created = moment(get(item, "metadata", "creationTimestamp"))
    kept: _Object = {}
    for part, fields in _OF_PODS.items():
        known = get(item, part)
        kept[part] = {key: known[key] for key in fields if key in known} if isinstance(known, dict) else {}
    kept["spec"]["uses"] = uses(get(item, "spec"))
    kept["spec"]["claims"] = _claims(item)
    yield Pod(
        _key(item), text(item, "metadata", "uid"), controller(item), created, encode(kept), known_glance=glance(item)
    )


def _claims(item: _Object) -> list[str]:
    """The PersistentVolumeClaims that a pod mounts."""
    names = (text(volume, "persistentVolumeClaim", "claimName") for volume in objects(item, "spec", "volumes"))
    return sorted({name for name in names if name})


def _add_digest(inventory: Inventory, pod: Pod) -> None:
    """Add the image digest that a pod of the version pulled: a tag may move, so the digest is more exact."""
    found = inventory.replica_set(*pod.key) or inventory.revision(*pod.key, pod.uid)
    if found is None or found.runs.digest:
        return
    for status in objects(pod.raw, "status", "containerStatuses"):
        if text(status, "name") == found.runs.container:
            digest = text(status, "imageID").rpartition("@")[2]
            if not digest.startswith("sha256:"):
                continue
            runs = replace(found.runs, digest=digest)
            if isinstance(found, ReplicaSet):
                inventory.replica_sets[found.key] = replace(found, runs=runs)
            else:
                inventory.revisions[found.key] = replace(found, runs=runs)


_READERS: Mapping[str, Callable[[_Object], Iterable[Any]]] = {
    "events": read_record,
    "pods": _pod,
    "replicasets": read_replica_set,
    "deployments": read_deployment,
    "rollouts": read_rollout,
    "analysisruns": read_analysis,
    "statefulsets": functools.partial(workload, kind="StatefulSet"),
    "daemonsets": functools.partial(workload, kind="DaemonSet"),
    "controllerrevisions": revision,
    "replicationcontrollers": read_replication_controller,
}
