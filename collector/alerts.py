"""Alerts folded to what people would call one alert, and joined to the episode that explains each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collector.episodes import Episode
from collector.event import Kind
from collector.merge import Fact

FLAPPING = timedelta(minutes=10)
"""An alert that fires again within this time after it resolved is the same trouble."""
_EXPLAINS = timedelta(minutes=5)
"""How far an alert may lie outside the episode that explains it."""


@dataclass(slots=True)
class Alert:
    """One alert for one service, all its instances and repetitions."""

    firing: list[Fact]
    """In order; never empty."""
    resolved: list[Fact] = field(default_factory=list)
    episode: Episode | None = None
    """What it is about."""

    @property
    def name(self) -> str:
        """The alert's name."""
        return self.firing[0].what.keys.alert

    @property
    def service(self) -> str:
        """Empty if its labels name none."""
        return self.firing[0].service

    @property
    def instances(self) -> int:
        """How many label sets fired."""
        return len({fact.what.fact or fact.what.keys.episode for fact in self.firing})

    @property
    def since(self) -> datetime:
        """When the first instance fired."""
        return self.firing[0].what.at

    @property
    def until(self) -> datetime | None:
        """When the last instance resolved; None while one fires."""
        if len(self.resolved) < len(self.firing):
            return None
        return max(fact.what.at for fact in self.resolved)


def alerts(facts: Iterable[Fact], episodes: Sequence[Episode]) -> list[Alert]:
    """All alerts that fired, folded by name and service; the first to fire takes the episode that explains it."""
    facts = list(facts)
    ends = {name: fact for fact in facts if fact.kind == Kind.ALERT_RESOLVED for name in _instances(fact)}
    found: list[Alert] = []
    for fact in facts:
        if fact.kind != Kind.ALERT_FIRING:
            continue
        alert = next((alert for alert in reversed(found) if _continues(alert, fact)), None)
        if alert is None:
            found.append(alert := Alert([fact]))
        else:
            alert.firing.append(fact)
        alert.resolved += [ends[name] for name in _instances(fact) if name in ends][:1]
    for episode in episodes:
        explained = [alert for alert in found if alert.episode is None and _explains(episode, alert)]
        if explained:
            explained[0].episode = episode
    return found


def _instances(fact: Fact) -> list[tuple[str, str]]:
    """What each source that saw it calls this firing; any of them may have seen its end."""
    return [(event.source, event.keys.episode) for event in fact.events]


def _continues(alert: Alert, fact: Fact) -> bool:
    ours, theirs = alert.firing[0].what, fact.what
    if (ours.keys.alert, ours.subject.service) != (theirs.keys.alert, theirs.subject.service):
        return False
    return alert.until is None or fact.what.at <= alert.until + FLAPPING


def _explains(episode: Episode, alert: Alert) -> bool:
    ours, fired = episode.seen.what, alert.firing[0].what
    same = episode.service == alert.service if alert.service else ours.subject.namespace == fired.subject.namespace
    begun = episode.begun is None or episode.begun.what.earliest <= fired.at + _EXPLAINS
    over = episode.over is not None and episode.over.what.latest < fired.at - _EXPLAINS
    return same and begun and not over
