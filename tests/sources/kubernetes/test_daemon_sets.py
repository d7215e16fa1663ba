"""Rollouts of DaemonSets, played by the rules of their controller; `tests/controllers` has the real one."""

import itertools
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from collector.event import Event, Kind
from collector.merge import merge
from collector.stories.rollouts import Rollout, rollouts
from tests.sources.kubernetes.cluster import Json, at, event, meta, owned, read, stamp
from tests.sources.kubernetes.database import BORN, revision

NODES = 3
Steps = Sequence[tuple[float, float]]
"""For each node how many seconds pass until its old pod is removed, and from then until the new one is made."""


def agents(*rounds: tuple[str, float, Steps], fails: float | None = None) -> dict[str, list[Json]]:
    """DaemonSet `agent` of version 1.0.0, and what it was rolled to, from when on, and in which steps.

    The first pod that the first rollout made may fail at a time, and is replaced in its second.
    """
    names = (f"agent-x{number}" for number in itertools.count(2222))
    revisions = {"1.0.0": _revision("1.0.0", BORN)}
    pods = {node: (next(names), "1.0.0", BORN) for node in range(NODES)}
    events: list[Json] = []

    def replace_on(node: int, version: str, gone: float, made: float) -> None:
        old, new = pods[node][0], next(names)
        pods[node] = (new, version, made)
        events.append(event("SuccessfulDelete", f"Deleted pod: {old}", ("DaemonSet", "agent"), at(gone)))
        events.append(event("SuccessfulCreate", f"Created pod: {new}", ("DaemonSet", "agent"), at(made)))

    for number, (version, start, steps) in enumerate(rounds, 2):
        revisions.setdefault(version, _revision(version, start))["revision"] = number
        now = start
        for node, (before, until) in enumerate(steps):
            replace_on(node, version, now + before, now + before + until)
            now += before + until
        if fails is not None and number == 2:
            replace_on(0, version, fails, fails)
    status = {"desiredNumberScheduled": NODES, "updatedNumberScheduled": NODES, "numberReady": NODES}
    return {
        "daemonsets": [{"metadata": meta("DaemonSet", "agent", at(BORN)), "spec": {}, "status": status}],
        "controllerrevisions": list(revisions.values()),
        "pods": [_pod(*each) for each in pods.values()],
        "events": events,
    }


def _revision(version: str, created: float) -> Json:
    own = revision(version, created)
    own["metadata"] |= {"ownerReferences": owned("DaemonSet", "agent"), "name": f"agent-{version.replace('.', '')}"}
    return {**own, "revision": 1}


def _pod(name: str, version: str, made: float) -> Json:
    labels = {"controller-revision-hash": f"{version.replace('.', '')}"}
    ready = {"type": "Ready", "status": "True", "lastTransitionTime": stamp(at(made))}
    about = meta("Pod", name, at(made), labels=labels, ownerReferences=owned("DaemonSet", "agent"))
    return {"metadata": about, "status": {"conditions": [ready]}}


def _rollback(events: list[Event]) -> Rollout:
    found = rollouts(merge(events))
    assert [each.started.kind for each in found] == [Kind.ROLLOUT_STARTED] * 2 + [Kind.ROLLBACK_STARTED]
    return found[-1]


def _removed(rollout: Rollout) -> list[str]:
    return [one.best.subject.pod for one in rollout.terminated]


def test_a_rollback_begins_with_the_first_pod_that_is_removed_though_others_follow_in_a_second() -> None:
    there, back = ("1.1.0", 100, [(0, 1), (2, 1), (2, 1)]), ("1.0.0", 400, [(0, 1), (0, 0), (2, 0)])
    rollback = _rollback(read(agents(there, back))[0])
    assert rollback.started.best.at == at(400)
    assert _removed(rollback) == ["agent-x2225", "agent-x2226", "agent-x2227"]


def test_a_rollback_before_all_pods_were_replaced_begins_where_a_new_one_is_removed() -> None:
    there, back = ("1.1.0", 100, [(0, 1), (2, 1)]), ("1.0.0", 106, [(0, 1), (0, 0)])
    rollback = _rollback(read(agents(there, back))[0])
    assert rollback.started.best.at == at(106)
    assert _removed(rollback) == ["agent-x2225", "agent-x2226"]


def test_a_pod_that_failed_and_was_made_again_is_not_where_the_rollback_begins() -> None:
    there, back = ("1.1.0", 100, [(0, 1), (2, 1), (2, 1)]), ("1.0.0", 400, [(0, 1), (0, 0), (2, 0)])
    rollback = _rollback(read(agents(there, back, fails=300))[0])
    assert rollback.started.best.at == at(400)
    assert _removed(rollback) == ["agent-x2228", "agent-x2226", "agent-x2227"]


STEPS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=NODES, max_size=NODES)


@given(STEPS, STEPS, st.integers(1, 30))
def test_however_fast_the_controller_is_each_pod_is_removed_by_its_own_rollout(
    there: Steps, back: Steps, between: int
) -> None:
    start = 100 + sum(map(sum, there)) + between
    rollback = _rollback(read(agents(("1.1.0", 100, there), ("1.0.0", start, back)))[0])
    assert rollback.started.best.at == at(start + back[0][0])
    assert sorted(_removed(rollback)) == ["agent-x2225", "agent-x2226", "agent-x2227"]
