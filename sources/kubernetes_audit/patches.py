"""Converts the patches in requests, in all their forms, to one form."""

from typing import Any

from sources.cluster.fields import objects, text
from sources.kubernetes_audit.entries import Entry

RESTARTED = "kubectl.kubernetes.io/restartedAt"


def patch(entry: Entry) -> Any:
    """The change that was sent; a JSON patch is converted to the form of the others."""
    if not isinstance(entry.asked, list):
        return entry.asked
    found: dict[str, Any] = {}
    template: dict[str, Any] = {}
    for each in objects({"ops": entry.asked}, "ops"):
        path, value = text(each, "path"), each.get("value")
        if path.endswith("/image") and isinstance(value, str):
            template.setdefault("spec", {}).setdefault("containers", []).append({"image": value})
        elif path.endswith("restartedAt"):
            template["metadata"] = {"annotations": {RESTARTED: value}}
        else:
            found[path.rpartition("/")[2]] = value
    return {"spec": {**found, **({"template": template} if template else {})}}
