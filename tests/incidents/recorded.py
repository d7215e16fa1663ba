"""What `pm-timeline record` would have stored of a cluster while an incident was played."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct, field

from sources.recorder.database import opened
from sources.recorder.shape import kept_and_digest
from sources.recorder.steps import Change, Step, Stream
from sources.recorder.store import Store
from tests.incidents.ids import Object

_RESOURCES = {
    "Event": "events",
    "Pod": "pods",
    "ReplicaSet": "replicasets",
    "Deployment": "deployments",
    "Node": "nodes",
    "Job": "jobs",
}
_LATE = timedelta(milliseconds=180)
"""How long it takes until a watch has a change."""


class Recorded(Struct):
    """Every version of the objects that a recorder follows."""

    since: datetime
    until: datetime
    _last: dict[str, dict[str, tuple[bytes, Object]]] = field(default_factory=dict)
    _steps: list[Step] = field(default_factory=list)
    _count: int = 0

    def look(self, now: datetime, objects: Iterable[Object]) -> None:
        """Take note of what has changed; the first time, of all there is."""
        there: dict[str, list[Object]] = {resource: [] for resource in _RESOURCES.values()}
        for item in objects:
            if item["kind"] in _RESOURCES:
                there[_RESOURCES[item["kind"]]].append(item)
        first = not self._last
        for resource, items in there.items():
            known = self._last.setdefault(resource, {})
            changes, uids = [], set()
            for item in items:
                uid = item["metadata"]["uid"]
                uids.add(uid)
                body, digest = kept_and_digest(item)
                if uid not in known or known[uid][0] != digest:
                    kind = "LISTED" if first else "MODIFIED" if uid in known else "ADDED"
                    changes.append(self._change(kind, item, now, body, digest))
                    known[uid] = (digest, item)
            for uid in [uid for uid in known if uid not in uids]:
                body, digest = kept_and_digest(known.pop(uid)[1])
                changes.append(self._change("DELETED", _item_of(body), now, body, digest))
            stream = Stream("", resource, "")
            begun, listed = (now, frozenset(uids)) if first else (None, frozenset[str]())
            if first or changes:
                step = Step(
                    stream=stream,
                    changes=tuple(changes),
                    position=str(self._count),
                    until=now,
                    listed_at=begun,
                    listed=listed,
                )
                self._steps.append(step)

    def write(self, path: Path) -> None:
        """Make the store."""
        store = Store(opened(f"sqlite:///{path}", None, write=True))
        store.claim("", "uid:7d3c0c8e-54a0-4d0c-9b30-1d1d0a0f6f11")
        ends = [
            Step(stream=Stream("", resource, ""), position="999999", until=self.until)
            for resource in _RESOURCES.values()
        ]
        store.keep([*self._steps, *ends])
        store.engine.dispose()

    def _change(self, kind: str, item: Object, now: datetime, body: str, digest: bytes) -> Change:
        self._count += 1
        meta = item["metadata"]
        version = str(48_000_000 + self._count)
        return Change(kind, meta.get("namespace", ""), meta["name"], meta["uid"], version, now + _LATE, body, digest)


def _item_of(body: str) -> Object:
    """The object that was kept as this text."""
    found: Object = json.loads(body)
    return found
