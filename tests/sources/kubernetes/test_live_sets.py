"""A StatefulSet and a DaemonSet rolled over and back by the real controllers."""

from datetime import UTC, datetime, timedelta

import pytest

from collector.event import Kind
from collector.merge import merge
from collector.stories.rollouts import Rollout, rollouts
from tests.sources.kubernetes.hands import APPS, Hands, read
from tests.sources.kubernetes.workloads import workload

_BUSY = timedelta(seconds=5)


@pytest.mark.parametrize(
    ("kind", "resource", "name"), [("StatefulSet", "statefulsets", "db"), ("DaemonSet", "daemonsets", "agent")]
)
def test_an_update_and_its_rollback(hands: Hands, kind: str, resource: str, name: str) -> None:
    first = datetime.now(UTC)
    hands.ask("POST", f"{APPS}/{resource}", workload(kind, name))
    hands.until(lambda: hands.rolled(resource, name, "1.0.0"))
    update = hands.image(resource, name, "1.1.0")
    back = hands.image(resource, name, "1.0.0")
    events, documents = read(hands)
    assert "canary" not in "".join(each.text for each in documents)
    found = [each for each in rollouts(merge(events)) if each.started.best.subject.workload == f"{kind}/{name}"]
    assert [(each.started.kind, each.keys.version, each.keys.replaces) for each in found] == [
        (Kind.ROLLOUT_STARTED, "1.0.0", ""),
        (Kind.ROLLOUT_STARTED, "1.1.0", "1.0.0"),
        (Kind.ROLLBACK_STARTED, "1.0.0", "1.1.0"),
    ]
    for told, true in zip(found, (first, update, back), strict=True):
        # The controller acts some time after the change was asked for, on a busy machine seconds.
        assert told.started.best.earliest - _BUSY <= true <= told.started.best.latest, told.started
        assert abs(told.started.best.at - true) <= _BUSY
        assert told.started.service == f"{name}base"
    rollback: Rollout = found[-1]
    ours = [at for pod, _, at in hands.ready if pod.startswith(f"{name}-")]
    assert len(rollback.ready) == rollback.replicas == 3
    for fact in rollback.ready:
        assert any(fact.best.earliest <= at <= fact.best.latest for at in ours), fact.best
    # On a busy machine the controller may make an old pod once more, before it sees that there is to be none.
    served = {pod for pod, image, _ in hands.ready if pod.startswith(f"{name}-") and image == "db:1.1.0"}
    stopped = [fact.best.subject.pod for fact in rollback.terminated]
    assert len(served) == 3
    assert served <= set(stopped)
    assert len(stopped) == len(set(stopped))
    assert {fact.best.keys.version for fact in rollback.terminated} == {"1.1.0"}
    assert {fact.best.keys.version for fact in found[1].terminated} == {"1.0.0"}
    assert rollback.completed
    assert rollback.completed.kind == Kind.ROLLBACK_COMPLETED
    assert rollback.completed.best.earliest <= max(ours) <= rollback.completed.best.latest
