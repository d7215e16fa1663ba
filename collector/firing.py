"""Alerts as they fire, each to be found once by the symptom that it is about."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta

from collector.services.service import Service
from collector.spans import Unused
from collector.stories.story import Step, Story

_EXPLAINS = timedelta(minutes=5)
"""How far an alert may lie outside the symptom that it is about."""


class Firing:
    """Alerts by service, or by namespace where they name no service; in the order in which they fire."""

    def __init__(self, alerts: Iterable[Story]) -> None:
        """In any order."""
        self._by_place: dict[Service | str, list[Story]] = {}
        for alert in sorted(alerts, key=_fires):
            place = alert.service if alert.service.name else alert.service.namespace
            self._by_place.setdefault(place, []).append(alert)
        self._free = {place: Unused(len(ours)) for place, ours in self._by_place.items()}

    def take(self, symptom: Story) -> Story | None:
        """The first alert that fires while the symptom lasts, and that was not taken yet."""
        begun, over = symptom.at(Step.STARTED), symptom.at(Step.ENDED)
        found: list[tuple[datetime, str, Service | str, int]] = []
        for place in (symptom.service, symptom.service.namespace):
            ours = self._by_place.get(place, [])
            low = bisect_left(ours, begun[0].best.earliest - _EXPLAINS, key=_fires) if begun else 0
            high = bisect_right(ours, over[0].best.latest + _EXPLAINS, key=_fires) if over else len(ours)
            at = self._free[place].first(low) if ours else high
            if at < high:
                found.append((ours[at].since, ours[at].id, place, at))
        if not found:
            return None
        _, _, place, at = min(found, key=lambda each: each[:2])
        self._free[place].use(at)
        return self._by_place[place][at]


def _fires(alert: Story) -> datetime:
    return alert.since
