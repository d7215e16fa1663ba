"""Stored versions of objects, as the recorder's store gives them."""

import json
from collections.abc import Sequence

from collector.source import Document
from tests.sources.kubernetes.cluster import Json, at


def document(resource: str, versions: Sequence[tuple[float, str, Json]]) -> Document:
    """The versions of objects, each with when it was seen and how."""
    told = [
        {
            "id": number,
            "change": change,
            "seen": at(second).isoformat(),
            "since": None,
            "uid": item["metadata"]["uid"],
            "version": str(number),
            "object": item,
        }
        for number, (second, change, item) in enumerate(versions)
    ]
    return Document(resource, resource, at(2000), json.dumps({"cluster": "prod", "versions": told}))
