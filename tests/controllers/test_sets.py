"""A StatefulSet and a DaemonSet rolled over and back: by the live API at the end, and by the recorder meanwhile."""

import re
from collections.abc import Iterable
from datetime import timedelta

import pytest

from collector.event import Event, Kind
from collector.merge import merge
from collector.source import Document
from collector.stories.rollouts import Rollout, rollouts
from tests.controllers import sets
from tests.controllers.played import Played
from tests.sources.recorder.reading import fetched, recorder

pytestmark = pytest.mark.thorough
"""`make test` has what real controllers did in `fixtures/evidence`."""

_BUSY = timedelta(seconds=5)
BOTH = [(kind, name) for kind, _, name in sets.SETS]


def of(events: list[Event], kind: str, name: str) -> list[Rollout]:
    """The three rollouts of a set."""
    found = [each for each in rollouts(merge(events)) if each.started.best.subject.workload == f"{kind}/{name}"]
    assert [(each.started.kind, each.keys.version, each.keys.replaces) for each in found] == [
        (Kind.ROLLOUT_STARTED, "1.0.0", ""),
        (Kind.ROLLOUT_STARTED, "1.1.0", "1.0.0"),
        (Kind.ROLLBACK_STARTED, "1.0.0", "1.1.0"),
    ]
    return found


def _removed(documents: Iterable[Document]) -> set[str]:
    """The pods of which the API server has an Event that their controller removed them."""
    removals = re.compile(r'"message":\s*"(?:Deleted pod: |delete Pod )([a-z0-9-]+)')
    return {pod for document in documents for pod in removals.findall(document.text)}


@pytest.mark.parametrize(("kind", "name"), BOTH)
def test_an_update_and_its_rollback(seen: Played, kind: str, name: str) -> None:
    assert "canary" not in "".join(each.text for each in seen.sets.documents)
    found = of([*seen.sets.events], kind, name)
    for rollout, true in zip(found, seen.sets.changed[name], strict=True):
        # The controller acts some time after the change was asked for, on a busy machine seconds.
        assert rollout.started.best.earliest - _BUSY <= true <= rollout.started.best.latest, rollout.started
        assert abs(rollout.started.best.at - true) <= _BUSY
        assert rollout.started.service == f"{name}base"
    rollback = found[-1]
    ours = [at for pod, _, at in seen.sets.ready if pod.startswith(f"{name}-")]
    assert len(rollback.ready) == rollback.replicas == 3
    for fact in rollback.ready:
        assert any(fact.best.earliest <= at <= fact.best.latest for at in ours), fact.best
    # On a busy machine the controller may make an old pod once more, before it sees that there is to be none, and
    # remove one again; of many Events about one object it drops some.
    served = {pod for pod, image, _ in seen.sets.ready if pod.startswith(f"{name}-") and image == "db:1.1.0"}
    removed = served & _removed(seen.sets.documents)
    stopped = [fact.best.subject.pod for fact in rollback.terminated]
    assert len(served) == 3
    assert len(removed) >= 2
    assert removed <= set(stopped), [event for event in seen.sets.events if event.subject.workload.endswith(name)]
    assert len(stopped) == len(set(stopped))
    assert {fact.best.keys.version for fact in rollback.terminated} == {"1.1.0"}
    assert {fact.best.keys.version for fact in found[1].terminated} == {"1.0.0"}
    assert rollback.completed
    assert rollback.completed.kind == Kind.ROLLBACK_COMPLETED
    assert rollback.completed.best.earliest <= max(ours) <= rollback.completed.best.latest


@pytest.mark.parametrize("together", [False, True], ids=["recorder", "both"])
@pytest.mark.parametrize(("kind", "name"), BOTH)
def test_the_recording_knows_the_middle_of_it_too(seen: Played, kind: str, name: str, together: bool) -> None:
    recorded = fetched(recorder(seen.store, sets.NAMESPACE), seen.sets.window)[0]
    for rollout in of([*seen.sets.events, *recorded] if together else recorded, kind, name):
        image = f"db:{rollout.keys.version}"
        ours = [at for pod, of, at in seen.sets.ready if pod.startswith(f"{name}-") and of == image]
        assert len(rollout.ready) == 3
        for fact in rollout.ready:
            assert any(fact.best.earliest <= at <= fact.best.latest for at in ours), fact.best
        assert rollout.completed
        end = rollout.completed.best
        assert any(end.earliest - _BUSY <= at <= end.latest for at in ours)
