"""Matches symptoms with the alerts that fire because of them, each alert at most once."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from collector.event import Kind
from collector.services.service import Service
from collector.spans import Unused
from collector.stories.alerts import is_of_requests, kind_named
from collector.stories.story import Step, Story
from collector.stories.symptoms import BEGINS_WITH

_EXPLAINS = timedelta(minutes=5)
"""How long before or after a symptom an alert about it may fire."""


class Firing:
    """Alerts by service, or by namespace if they name no service, in the order in which they fire."""

    def __init__(self, alerts: Iterable[Story]) -> None:
        """In any order."""
        self._by_place: dict[Service | str, list[Story]] = {}
        for alert in sorted(alerts, key=_fires):
            place = alert.service if alert.service.name else alert.service.namespace
            self._by_place.setdefault(place, []).append(alert)
        self._free = {place: Unused(len(ours)) for place, ours in self._by_place.items()}

    def take(self, symptom: Story) -> Story | None:
        """The first alert that fires while the symptom lasts and is not taken yet; it is taken then."""
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


def explained(alerts: Sequence[Story], symptoms: Iterable[Story]) -> Iterator[tuple[Story, Story]]:
    """Pairs of an alert and the symptom that it is about; an alert named after the symptom is preferred.

    Errors come before latency and traffic.
    """
    ranks = list(BEGINS_WITH.values())
    ordered = sorted(symptoms, key=lambda one: (ranks.index(Kind(one.manner)), one.since, one.id))
    named: dict[str, list[Story]] = {}
    for each in alerts:
        named.setdefault(kind_named(each) or "", []).append(each)
    firing = {kind: Firing(ours) for kind, ours in named.items() if kind}
    found = {one.id: alert for one in ordered if one.manner in firing and (alert := firing[one.manner].take(one))}
    taken = {alert.id for alert in found.values()}
    others = Firing(alert for alert in alerts if alert.id not in taken and is_of_requests(alert))
    for symptom in ordered:
        about = found.get(symptom.id) or others.take(symptom)
        if about:
            yield about, symptom


def _fires(alert: Story) -> datetime:
    return alert.since
