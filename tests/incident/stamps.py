"""From the times that the servers wrote to the times of the story."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.cluster.client import Json
from tests.cluster.clock import Clock

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_FREE_TEXT = {"annotations", "labels", "message"}
_Path = tuple[str, ...]


class Stamps:
    """Turns every time in an object into story time.

    Kubernetes cuts most times to the second, and a second on the wall may be a quarter of a minute in the
    story. So it remembers when each time was first seen in a watch: that tells where in the second it was.
    """

    def __init__(self, clock: Clock) -> None:
        """`clock` knows the story."""
        self._clock = clock
        self._arrived: dict[tuple[str, _Path, str], float] = {}

    def seen(self, _change: str, item: Json, arrived: float) -> None:
        """Take note of a new version of an object."""
        for path, _, text in _stamps(item):
            known = (item["metadata"]["uid"], path, text)
            # An Event changes only when it happens again, if need be in the same second.
            self._arrived[known] = arrived if path[-1] == "lastTimestamp" else self._arrived.get(known, arrived)

    def retold(self, item: Json) -> Json:
        """Change the object, with all its times, into the story's."""
        meta = item["metadata"]
        grace = timedelta(seconds=meta.get("deletionGracePeriodSeconds", 0))
        found = [
            (path, place, text, self._exact(meta["uid"], path, text, grace)) for path, place, text in _stamps(item)
        ]
        for path, place, text, wall in found:
            story = self._clock.story(wall)
            if path[-1] == "deletionTimestamp":
                story += grace  # it is the time of the request and the grace period
            place[path[-1]] = story.strftime("%Y-%m-%dT%H:%M:%S.%fZ" if "." in text else "%Y-%m-%dT%H:%M:%SZ")
        if "involvedObject" in item:
            name, _, nanoseconds = meta["name"].rpartition(".")
            moment = self._clock.story(int(nanoseconds, 16) / 1e9).timestamp()
            meta["name"] = f"{name}.{int(moment * 1e6) * 1000 + int(nanoseconds, 16) % 1000:x}"
        return item

    def _exact(self, uid: str, path: _Path, text: str, grace: timedelta) -> float:
        written = datetime.fromisoformat(text).astimezone(UTC)
        if path[-1] == "deletionTimestamp":
            written -= grace
        if "." in text:
            return written.timestamp()
        second = written.timestamp()
        return min(max(self._arrived.get((uid, path, text), second), second), second + 0.999)


def _stamps(node: Any, path: _Path = ()) -> Iterator[tuple[_Path, Any, str]]:
    """All times below a node: (path that stays the same when lists are reordered, what holds it, text)."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in _FREE_TEXT:
                continue
            if isinstance(value, str) and _STAMP.fullmatch(value):
                yield (*path, key), node, value
            else:
                yield from _stamps(value, (*path, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            label = number
            if isinstance(value, dict):
                label = value.get("type") or value.get("manager") or value.get("name") or number
            yield from _stamps(value, (*path, str(label)))
