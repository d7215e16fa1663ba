"""Reduces the API server's answers: without secrets, and half the size."""

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from sources.cluster.fields import get, objects

_CONTAINERS = frozenset({"containers", "initContainers", "ephemeralContainers"})
_KEPT = ("name", "image", "imagePullPolicy", "restartPolicy", "resources", "ports")
"""The fields of a container that are kept unchanged.

Of its environment the names are kept, of its command and arguments how many there are, and of its probes the numbers
and ports: the rest may hold secrets.
"""
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HANDLERS = ("httpGet", "tcpSocket", "grpc", "exec")
_HIDDEN = "…"
_KINDS_OF_REFERENCES = ("configMapKeyRef", "secretKeyRef", "configMapRef", "secretRef")
_REFERENCES = frozenset(_KINDS_OF_REFERENCES)
_CLEAN = _CONTAINERS | {"conditions", "containerStatuses", "labels", "matchLabels", "ownerReferences", "tolerations"}
"""Nothing is removed from the values of these keys any more, so they are not searched: they are half of a pod."""
_KEPT_OF_METADATA = ("name", "namespace", "uid", "creationTimestamp", "labels", "ownerReferences", "managedFields")
_KEPT_OF_METRIC = ("name", "phase", "message", "failed", "error", "dryRun", "measurements")
_KEPT_OF_MEASUREMENT = ("phase", "value", "startedAt", "finishedAt")
_KEYS_TO_CLEAR = _CONTAINERS | {"fieldsV1", "template", "annotations", "volumes", "args"}
"""The keys from which `_clear` removes something."""
_NESTED = (dict, list)
_NOTES = re.compile(
    r"app|app\.kubernetes\.io/[\w-]+|(deployment\.kubernetes|rollout\.argoproj)\.io/[\w-]+|org\.opencontainers\.image\.revision"
    r"|kubectl\.kubernetes\.io/(restartedAt|default-container)|checksum/[\w.-]+"
    r"|openshift\.io/(deployment-config\.(name|latest-version)|deployment\.(phase|status-reason|cancelled)"
    r"|deployer-pod\.completed-at)"
)
"""The annotations that the readers need, which are kept. Those of kubectl, kapp, rio and others hold whole objects."""
_MARK = re.compile(f"{_HIDDEN}[0-9a-f]{{4}}")
"""The form in which a template's other annotations are kept: enough to see a change, too little to guess the value."""
_OF_VOLUMES: Mapping[str, tuple[str, ...]] = {
    "configMap": ("name", "optional"),
    "secret": ("secretName", "name", "optional"),
    "persistentVolumeClaim": ("claimName", "readOnly"),
}
"""The fields of volumes that are kept. Of other kinds only the kind is kept: drivers take passwords as options."""


def reduced(value: Any) -> Any:
    """The document without parts that are not needed or may hold secrets, see `fetch`. `value` itself is changed."""
    rest = [value]
    while rest:
        found = rest.pop()
        if isinstance(found, dict):
            # Nine of ten objects have none of these keys, and the pods of a large cluster are a hundred thousand
            # objects.
            if not _KEYS_TO_CLEAR.isdisjoint(found):
                _clear(found)
            rest += [item for key, item in found.items() if isinstance(item, _NESTED) and key not in _CLEAN]
        elif isinstance(found, list):
            rest += [item for item in found if isinstance(item, _NESTED)]
    return value


def _clear(found: dict[str, Any]) -> None:
    """Remove everything that may hold secrets from containers, annotations, volumes and arguments."""
    found.pop("fieldsV1", None)
    for key in _CONTAINERS & found.keys():
        if isinstance(found[key], list):
            found[key] = [_container(c) for c in found[key] if isinstance(c, dict)]
    if isinstance(template := found.get("template"), dict):
        notes = get(template, "metadata", "annotations")
        for key, value in notes.items() if isinstance(notes, dict) else ():
            notes[key] = (
                value
                if _NOTES.fullmatch(key)
                else f"{_HIDDEN}{blake2b(str(value).encode('utf-8', 'replace'), digest_size=2).hexdigest()}"
            )
    if isinstance(notes := found.get("annotations"), dict):
        found["annotations"] = {
            key: value
            for key, value in notes.items()
            if _NOTES.fullmatch(key) or (isinstance(value, str) and _MARK.fullmatch(value))
        }
    if isinstance(volumes := found.get("volumes"), list):
        found["volumes"] = [_volume(each) for each in volumes if isinstance(each, dict)]
    if isinstance(given := found.get("args"), list):
        # The arguments of an analysis; those of a container are hidden with it.
        found["args"] = [{"name": each["name"]} for each in given if isinstance(each, dict) and "name" in each]


def _volume(found: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {"name": found["name"]} if isinstance(found.get("name"), str) else {}
    for kind, of in found.items():
        if isinstance(of, dict):
            kept[kind] = {key: of[key] for key in _OF_VOLUMES.get(kind, ()) if isinstance(of.get(key), str | bool)}
            if kind == "projected":
                kept[kind]["sources"] = [_volume(each) for each in objects(of, "sources")]
    return kept


def _container(found: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: found[key] for key in _KEPT if key in found}
    for key in ("env", "envFrom"):
        if key in found and (named := [_named(each) for each in objects(found, key)]):
            kept[key] = named
    for key in ("command", "args"):
        if isinstance(found.get(key), list):
            kept[key] = [_HIDDEN] * len(found[key])
    for key in _PROBES:
        if isinstance(found.get(key), dict):
            kept[key] = _probe(found[key])
    return kept


def _named(variable: Mapping[str, Any]) -> dict[str, Any]:
    """A variable, or a source of variables, with the name of the object that its value comes from; never the value."""
    kept = {key: variable[key] for key in ("name", "prefix") if isinstance(variable.get(key), str)}
    taken = variable.get("valueFrom")
    of = taken if isinstance(taken, dict) else variable
    # Most variables have a literal value.
    if _REFERENCES.isdisjoint(of):
        return {**kept, "valueFrom": {}} if taken else kept
    refs = {
        kind: {key: of[kind][key] for key in ("name", "key") if isinstance(of[kind].get(key), str)}
        for kind in _KINDS_OF_REFERENCES
        if isinstance(of.get(kind), dict)
    }
    return {**kept, "valueFrom": refs} if taken else {**kept, **refs}


def _probe(probe: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {key: value for key, value in probe.items() if isinstance(value, int)}
    for handler in _HANDLERS:
        if isinstance(probe.get(handler), dict):
            port = probe[handler].get("port")
            kept[handler] = {"port": port} if isinstance(port, int | str) else {}
    return kept


def metadata_only(page: Mapping[str, Any]) -> dict[str, Any]:
    """A list of ConfigMaps or Secrets with only the metadata that shows their owners and times of change.

    Whatever the server sent, the rest is left out; so are annotations: tools store whole objects in them.
    """
    items = []
    for item in objects(page, "items"):
        known = get(item, "metadata") or {}
        items.append({"metadata": {key: known[key] for key in _KEPT_OF_METADATA if key in known}})
    return {"items": reduced(items)}


def analyses_only(page: Mapping[str, Any]) -> dict[str, Any]:
    """A list of AnalysisRuns with their measurements and results, but not the systems asked or their credentials."""
    items = []
    for item in objects(page, "items"):
        known, status = get(item, "metadata") or {}, get(item, "status") or {}
        metrics = [
            {key: each[key] for key in _KEPT_OF_METRIC if key in each} for each in objects(status, "metricResults")
        ]
        for metric in metrics:
            measured = objects(metric, "measurements")
            metric["measurements"] = [{k: one[k] for k in _KEPT_OF_MEASUREMENT if k in one} for one in measured]
        kept = {key: status[key] for key in ("phase", "message", "startedAt", "completedAt") if key in status}
        of = {key: known[key] for key in _KEPT_OF_METADATA if key in known}
        items.append({"metadata": of, "status": {**kept, "metricResults": metrics}})
    return {"items": reduced(items)}
