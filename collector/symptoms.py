"""Symptoms: alerts folded to what people would call one alert, and error episodes joined to what they explain."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from collector.changes import Change
from collector.event import Kind
from collector.merge import Fact

FLAPPING = timedelta(minutes=10)
"""An alert that fires again within this time after it resolved is the same trouble."""
_EXPLAINS = timedelta(minutes=5)
"""How far an alert may lie outside the error episode that explains it."""
_HELPS = timedelta(minutes=3)
"""How far the end of an error episode may lie from the completion of the change that ended it."""


@dataclass(slots=True)
class Errors:
    """One time of raised errors of one service."""

    rose: Fact
    fell: Fact | None = None

    @property
    def service(self) -> str:
        """Whose errors."""
        return self.rose.service


@dataclass(slots=True)
class Alert:
    """One alert for one service, all its instances and repetitions."""

    firing: list[Fact]
    """In order; never empty."""
    resolved: list[Fact] = field(default_factory=list)
    errors: Errors | None = None
    """The errors that it is about."""

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


def errors(facts: Iterable[Fact]) -> list[Errors]:
    """All error episodes told of by `facts` (in order)."""
    found: list[Errors] = []
    for fact in facts:
        if fact.kind == Kind.ERRORS_ROSE:
            found.append(Errors(fact))
        elif fact.kind == Kind.ERRORS_FELL:
            for episode in reversed(found):
                if episode.fell is None and _same_series(episode.rose, fact):
                    episode.fell = fact
                    break
    return found


def alerts(facts: Iterable[Fact], episodes: Sequence[Errors]) -> list[Alert]:
    """All alerts that fired, folded by name and service; the first to fire takes the errors that explain it."""
    facts = list(facts)
    ends = {_episode(fact): fact for fact in facts if fact.kind == Kind.ALERT_RESOLVED}
    found: list[Alert] = []
    for fact in facts:
        if fact.kind != Kind.ALERT_FIRING:
            continue
        alert = next((alert for alert in reversed(found) if _continues(alert, fact)), None)
        if alert is None:
            found.append(alert := Alert([fact]))
        else:
            alert.firing.append(fact)
        if _episode(fact) in ends:
            alert.resolved.append(ends[_episode(fact)])
    for episode in episodes:
        explained = [alert for alert in found if alert.errors is None and _explains(episode, alert)]
        if explained:
            explained[0].errors = episode
    return found


def ended_by(episode: Errors, changes: Iterable[Change]) -> Change | None:
    """The change of the same service whose completion the end of the errors goes with; None if there is none."""
    if episode.fell is None:
        return None
    fell = episode.fell.what.at
    near = [
        (abs(done - fell), not change.rolls_back, index, change)
        for index, change in enumerate(changes)
        if (done := change.complete_at) and change.service == episode.service and abs(done - fell) <= _HELPS
    ]
    return min(near, key=lambda fit: fit[:3])[3] if near else None


def _episode(fact: Fact) -> tuple[str, str]:
    return (fact.what.source, fact.what.keys.episode)


def _same_series(rose: Fact, fell: Fact) -> bool:
    if rose.what.keys.episode or fell.what.keys.episode:
        return _episode(rose) == _episode(fell)
    return (rose.what.source, rose.what.subject) == (fell.what.source, fell.what.subject)


def _continues(alert: Alert, fact: Fact) -> bool:
    ours, theirs = alert.firing[0].what, fact.what
    if (ours.keys.alert, ours.subject.service) != (theirs.keys.alert, theirs.subject.service):
        return False
    return alert.until is None or fact.what.at <= alert.until + FLAPPING


def _explains(episode: Errors, alert: Alert) -> bool:
    rose, fired = episode.rose.what, alert.firing[0].what
    same = episode.service == alert.service if alert.service else rose.subject.namespace == fired.subject.namespace
    begun = rose.earliest <= fired.at + _EXPLAINS
    over = episode.fell is not None and episode.fell.what.latest < fired.at - _EXPLAINS
    return same and begun and not over
