"""Finds the stories of one name that are nearest to a moment: links to all of a frequent name would mean nothing."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime

from collector.stories.story import Story

MOST = 10
"""Maximum number of stories to find for one name."""


class Nearest:
    """Stories by name, with lookup of those that began nearest to a moment."""

    def __init__(self, named: Iterable[tuple[str, Story]]) -> None:
        """In any order."""
        self._of: dict[str, list[tuple[datetime, str, Story]]] = {}
        for name, story in named:
            self._of.setdefault(name, []).append((story.since, story.id, story))
        for ours in self._of.values():
            ours.sort(key=lambda one: one[:2])

    def of(self, name: str, moment: datetime) -> list[Story]:
        """At most MOST stories of that name, the nearest to `moment`, in order of start."""
        ours = self._of.get(name, [])
        low = high = bisect_left(ours, (moment, ""), key=lambda one: one[:2])
        while high - low < min(MOST, len(ours)):
            before = moment - ours[low - 1][0] if low else None
            after = ours[high][0] - moment if high < len(ours) else None
            if after is None or (before is not None and before <= after):
                low -= 1
            else:
                high += 1
        return [story for _, _, story in ours[low:high]]
