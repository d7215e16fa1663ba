"""Reduces Helm's records: no values, manifests, templates or notes are kept."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from collector.json_text import encode
from sources.cluster.fields import get, objects, text
from sources.helm.manifests import workloads
from sources.helm.records import unpack

_LABELS = ("name", "owner", "status", "version", "createdAt", "modifiedAt")
_INFO = ("first_deployed", "last_deployed", "deleted", "description", "status", "rollback_revision")
_LONGEST = 1000


class Reducer:
    """Reduces the records of one fetch. It remembers which manifests of a release were equal, not their content."""

    def __init__(self) -> None:
        """Start without any record."""
        self._seen: dict[tuple[str, str, str], dict[bytes, int]] = {}

    def kept(self, page: Mapping[str, Any]) -> dict[str, Any]:
        """A page of records without anything that may be secret; if a record cannot be unpacked, it is marked so."""
        return {"items": [self._record(item) for item in objects(page, "items")]}

    def _record(self, item: Mapping[str, Any]) -> dict[str, Any]:
        known = _some(get(item, "metadata"), ("name", "namespace", "creationTimestamp"))
        known["labels"] = _some(get(item, "metadata", "labels"), _LABELS)
        packed = get(item, "data", "release")
        if packed is None:
            return {"metadata": known}
        try:
            # A list names the kind only once for all items; but the type that Helm sets on Secrets shows it as well.
            release = unpack(packed, in_secret=get(item, "type") is not None)
        except (ValueError, TypeError, RecursionError):
            return {"metadata": known, "unreadable": True}
        return {"metadata": known, "release": self._release(release)}

    def _release(self, release: Mapping[str, Any]) -> dict[str, Any]:
        info = _some(get(release, "info"), _INFO)
        if isinstance(info.get("description"), str):
            info["description"] = info["description"][:_LONGEST]
        return {
            **_some(release, ("name", "namespace", "version")),
            "info": info,
            "chart": {"metadata": _some(get(release, "chart", "metadata"), ("name", "version", "appVersion"))},
            "hooks": [_hook(each) for each in objects(release, "hooks")],
            "workloads": list(workloads(release.get("manifest"))),
            "manifest": self._number(release, "manifest"),
            "values": self._number(release, "config"),
        }

    def _number(self, release: Mapping[str, Any], key: str) -> int:
        """A number that is equal for equal manifests (or values) of one release, and different for others."""
        of = (text(release, "namespace"), text(release, "name"), key)
        seen = self._seen.setdefault(of, {})
        digest = hashlib.sha256(encode([release.get(key)]).encode("utf-8", "surrogatepass")).digest()
        return seen.setdefault(digest, len(seen))


def _hook(hook: Mapping[str, Any]) -> dict[str, Any]:
    last = _some(get(hook, "last_run"), ("started_at", "completed_at", "phase"))
    return {**_some(hook, ("name", "kind", "events")), "last_run": last}


def _some(of: Any, keys: Iterable[str]) -> dict[str, Any]:
    return {key: of[key] for key in keys if key in of} if isinstance(of, dict) else {}
