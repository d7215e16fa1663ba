"""What requests send: patches of every form, read alike."""

from typing import Any

from sources.cluster.fields import objects, text
from sources.kubernetes_audit.entries import Entry

RESTARTED = "kubectl.kubernetes.io/restartedAt"


def patch(entry: Entry) -> Any:
    """What was sent, a JSON patch in the form of the others."""
    if not isinstance(entry.asked, list):
        return entry.asked
    told: dict[str, Any] = {}
    template: dict[str, Any] = {}
    for each in objects({"ops": entry.asked}, "ops"):
        path, value = text(each, "path"), each.get("value")
        if path.endswith("/image") and isinstance(value, str):
            template.setdefault("spec", {}).setdefault("containers", []).append({"image": value})
        elif path.endswith("restartedAt"):
            template["metadata"] = {"annotations": {RESTARTED: value}}
        else:
            told[path.rpartition("/")[2]] = value
    return {"spec": {**told, **({"template": template} if template else {})}}
