"""What is kept of the API server's answers: no secrets, and half of the bytes."""

from collections.abc import Mapping
from typing import Any

from sources.cluster.fields import get, objects

_CONTAINERS = frozenset({"containers", "initContainers", "ephemeralContainers"})
_KEPT = ("name", "image", "restartPolicy", "resources")
"""What is kept of a container; its environment, command, arguments and probes may hold secrets."""
_CLEAN = _CONTAINERS | {"conditions", "containerStatuses", "labels", "matchLabels", "ownerReferences", "tolerations"}
"""Nothing is taken out of these any more, so there is no need to look into them: they are half of a pod."""
_KEPT_OF_METADATA = ("name", "namespace", "uid", "creationTimestamp", "labels", "ownerReferences", "managedFields")
_NESTED = (dict, list)
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""Where kubectl keeps the whole object as it was applied, with whatever it holds."""


def reduced(value: Any) -> Any:
    """A document without what is not needed and may hold secrets; see `fetch`. It is taken out of `value` itself."""
    rest = [value]
    while rest:
        found = rest.pop()
        if isinstance(found, dict):
            found.pop("fieldsV1", None)
            found.pop(APPLIED, None)
            for key in _CONTAINERS & found.keys():
                if isinstance(found[key], list):
                    found[key] = [{k: c[k] for k in _KEPT if k in c} for c in found[key] if isinstance(c, dict)]
            rest += [item for key, item in found.items() if isinstance(item, _NESTED) and key not in _CLEAN]
        elif isinstance(found, list):
            rest += [item for item in found if isinstance(item, _NESTED)]
    return value


def metadata_only(page: Mapping[str, Any]) -> dict[str, Any]:
    """A list of ConfigMaps or Secrets with what shows to whom they belong and when they changed, whatever was sent.

    Annotations are left out: tools keep whole objects in them.
    """
    items = []
    for item in objects(page, "items"):
        known = get(item, "metadata") or {}
        items.append({"metadata": {key: known[key] for key in _KEPT_OF_METADATA if key in known}})
    return {"items": reduced(items)}
