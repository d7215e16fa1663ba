"""Episodes: the times in which a service's errors, latency or traffic were not as usual."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.changes import Change
from collector.event import Kind
from collector.merge import Fact

ENDS = {
    Kind.ERRORS_FELL: Kind.ERRORS_ROSE,
    Kind.LATENCY_FELL: Kind.LATENCY_ROSE,
    Kind.TRAFFIC_ROSE: Kind.TRAFFIC_FELL,
}
"""What ends an episode, and what began it. In this order an episode explains an alert."""
_HELPS = timedelta(minutes=3)
"""How far the end of an episode may lie from the completion of the change that ended it."""


@dataclass(slots=True)
class Episode:
    """One time in which something about one service was not as usual; one of its ends may lie out of sight."""

    begun: Fact | None
    over: Fact | None = None

    @property
    def seen(self) -> Fact:
        """The end that was seen first."""
        fact = self.begun or self.over
        assert fact is not None, "an episode has at least one end"  # noqa: S101 - the constructor's contract
        return fact

    @property
    def kind(self) -> Kind:
        """What begins such an episode."""
        return ENDS.get(self.seen.kind, self.seen.kind)

    @property
    def service(self) -> str:
        """Whose it is."""
        return self.seen.service

    @property
    def since(self) -> datetime | None:
        """When it began; None if that was before anything that was seen."""
        return self.begun.what.at if self.begun else None

    @property
    def until(self) -> datetime | None:
        """When it was over; None if it went on."""
        return self.over.what.at if self.over else None


def episodes(facts: Iterable[Fact]) -> list[Episode]:
    """All episodes told of by `facts` (in order), in the order in which they would explain an alert."""
    found: list[Episode] = []
    for fact in facts:
        if fact.kind in ENDS.values():
            found.append(Episode(fact))
        elif fact.kind in ENDS:
            going_on = [episode for episode in found if episode.over is None and _same_series(episode, fact)]
            if going_on:
                going_on[-1].over = fact
            else:
                found.append(Episode(None, fact))
    ranks = list(ENDS.values())
    return sorted(found, key=lambda episode: ranks.index(episode.kind))


def ended_by(episode: Episode, changes: Iterable[Change]) -> Change | None:
    """The change of the same service whose completion the end of the episode goes with; None if there is none."""
    over = episode.until
    if over is None:
        return None
    near = [
        (abs(done - over), not change.rolls_back, index, change)
        for index, change in enumerate(changes)
        if (done := change.complete_at) and change.service == episode.service and abs(done - over) <= _HELPS
    ]
    return min(near, key=lambda fit: fit[:3])[3] if near else None


def _same_series(episode: Episode, over: Fact) -> bool:
    begun, ended = episode.seen.what, over.what
    if ENDS[over.kind] != episode.kind or begun.source != ended.source:
        return False
    if begun.keys.episode or ended.keys.episode:
        return begun.keys.episode == ended.keys.episode
    return begun.subject == ended.subject
