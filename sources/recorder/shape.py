"""What is kept of an object, and when two versions of it are the same to us."""

import hashlib
import json
from typing import Any

from sources.cluster.fields import get, objects
from sources.kube_api.reduce import reduced

_NEWS_TO_NOBODY = ("resourceVersion", "managedFields")


def shaped(item: dict[str, Any]) -> tuple[str, bytes]:
    """The object as it is kept, without what may hold secrets (see `sources.kubernetes.fetch`), and its digest."""
    kept: dict[str, Any] = reduced(item)
    if isinstance(kept.get("status"), dict):
        # Of a node: every image it has, which is most of the object and which nothing is read from.
        kept["status"].pop("images", None)
    return json.dumps(kept, separators=(",", ":")), digest(kept)


def digest(kept: dict[str, Any]) -> bytes:
    """The same for versions that differ in nothing that is read: a node's heartbeats, writes that change nothing."""
    metadata, status = get(kept, "metadata"), get(kept, "status")
    told = dict(kept)
    if isinstance(metadata, dict):
        told["metadata"] = {key: value for key, value in metadata.items() if key not in _NEWS_TO_NOBODY}
    if isinstance(status, dict) and "conditions" in status:
        conditions = [
            {key: value for key, value in condition.items() if key != "lastHeartbeatTime"}
            for condition in objects(status, "conditions")
        ]
        told["status"] = {**status, "conditions": conditions}
    return hashlib.blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=16).digest()
