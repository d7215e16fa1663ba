"""A rollout that is paused, and a pod that is not ready for a while: what the live API reports at each step."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from collector.event import Event, Kind
from collector.merge import Occurrence, merge
from collector.stories.rollouts import rollouts
from tests.controllers.played import Played

pytestmark = pytest.mark.thorough
"""`make test` has what real controllers did in `fixtures/evidence`."""

_BUSY = timedelta(seconds=5)


def of(events: Sequence[Event], *kinds: Kind) -> list[Occurrence]:
    return [fact for fact in merge(events) if fact.kind in kinds]


def test_paused_in_the_middle(seen: Played) -> None:
    (fact,) = of(seen.holds.while_paused, Kind.ROLLOUT_PAUSED)
    assert fact.best.earliest - _BUSY <= seen.holds.paused <= fact.best.latest
    assert (fact.best.keys.version, fact.best.keys.replaces) == ("1.1.0", "1.0.0")


def test_unready_and_back(seen: Played) -> None:
    holds = seen.holds
    (fact,) = of(holds.while_unready, Kind.POD_UNREADY, Kind.POD_RECOVERED)
    assert (fact.kind, fact.best.subject.pod, fact.service) == (Kind.POD_UNREADY, holds.pod, "web")
    assert fact.best.earliest <= holds.unready <= fact.best.latest

    (fact,) = of(holds.when_back, Kind.POD_UNREADY, Kind.POD_RECOVERED)
    assert (fact.kind, fact.best.subject.pod) == (Kind.POD_RECOVERED, holds.pod)
    assert fact.best.earliest <= holds.back <= fact.best.latest
    # Its first time ready still belongs to the rollout.
    (rollout,) = [each for each in rollouts(merge(holds.when_back)) if each.keys.version == "1.1.0"]
    assert len(rollout.ready) == 2
    assert rollout.completed
