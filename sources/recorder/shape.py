"""The parts of an object that are kept, and whether two versions of it count as equal."""

import hashlib
import json
from typing import Any

from sources.cluster.fields import get, objects
from sources.kube_api.reduce import reduced

_IGNORED_METADATA = ("resourceVersion", "managedFields")


def kept_and_digest(item: dict[str, Any]) -> tuple[str, bytes]:
    """The object as it is kept, without secrets (see `sources.kubernetes.fetch`), and its digest."""
    kept: dict[str, Any] = reduced(item)
    if isinstance(kept.get("status"), dict):
        # The list of a node's images, which is most of the object and is never read.
        kept["status"].pop("images", None)
    return json.dumps(kept, separators=(",", ":")), digest(kept)


def digest(kept: dict[str, Any]) -> bytes:
    """A digest that is equal if versions differ in nothing that is read: node heartbeats, writes without a change."""
    metadata, status = get(kept, "metadata"), get(kept, "status")
    compared = dict(kept)
    if isinstance(metadata, dict):
        compared["metadata"] = {key: value for key, value in metadata.items() if key not in _IGNORED_METADATA}
    if isinstance(status, dict) and "conditions" in status:
        conditions = [
            {key: value for key, value in condition.items() if key != "lastHeartbeatTime"}
            for condition in objects(status, "conditions")
        ]
        compared["status"] = {**status, "conditions": conditions}
    return hashlib.blake2b(json.dumps(compared, sort_keys=True).encode(), digest_size=16).digest()
