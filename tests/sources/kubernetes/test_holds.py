"""Rollouts that are paused, go on, or are given up; those of Argo with the words of its controller."""

from collector.event import Kind
from collector.gather import Gathered
from collector.merge import merge
from collector.stories.rollouts import rollouts
from collector.timeline import Scope, draft
from tests.sources.kubernetes.argo_canary import (
    ABORTED,
    CANARY,
    HOLDS,
    NEW,
    OLD,
    argo,
    canary_sets,
    condition,
    held,
    replica_set,
    said,
    waiting,
)
from tests.sources.kubernetes.cluster import NOON, WINDOW, Json, at, meta, only, read, stamp


def deployment(*conditions: Json, paused: bool = False) -> Json:
    spec = {"replicas": 2, "paused": paused}
    return {"metadata": meta("Deployment", "web", NOON), "spec": spec, "status": {"conditions": list(conditions)}}


def test_a_deployment_that_is_paused_says_since_when_until_it_goes_on() -> None:
    paused = deployment(condition("Progressing", "Unknown", "DeploymentPaused", 60, 90), paused=True)
    assert held(read({"deployments": [paused]})[0]) == [(Kind.ROLLOUT_PAUSED, 90, "")]
    resumed = deployment(condition("Progressing", "Unknown", "DeploymentResumed", 90, 300))
    assert held(read({"deployments": [resumed]})[0]) == [
        (Kind.ROLLOUT_PAUSED, 90, ""),
        (Kind.ROLLOUT_RESUMED, 300, ""),
    ]


def test_a_canary_that_waits_at_a_step() -> None:
    events = read({"rollouts": [waiting()], "replicasets": canary_sets(), "events": CANARY})[0]
    # The Event and the status are one pause, seen two seconds apart.
    assert held(events) == [(Kind.ROLLOUT_PAUSED, 112, "CanaryPauseStep")]
    (rollout,) = [each for each in rollouts(merge(events)) if each.keys.version == "1.1.0"]
    assert (rollout.started.best.at, rollout.keys.replaces) == (at(100), "1.0.0")
    assert (rollout.started.best.subject.workload, rollout.started.service) == ("Rollout/web", "shopfront")
    assert [fact.kind for fact in rollout.holds] == [Kind.ROLLOUT_PAUSED]
    assert not only(events, Kind.SCALED, Kind.ROLLOUT_COMPLETED)
    rows = draft(Gathered(tuple(events), ()), WINDOW, Scope()).rows
    assert [row.text for row in rows] == [
        "Rollout of shopfront 1.1.0 starts (replaces 1.0.0)",
        "Rollout of shopfront 1.1.0 paused: CanaryPauseStep",
    ]


def test_a_canary_that_is_aborted_is_the_trouble_that_is_told() -> None:
    message = 'Rollout aborted update to revision 2: metric "errors" assessed Failed'
    given_up = argo(
        condition("Progressing", "False", "RolloutAborted", 240, message=message),
        condition("Paused", "False", "RolloutPaused", 171),
        condition("Completed", "False", "RolloutCompleted", 100),
        abort=True,
        abortedAt=stamp(at(240)),
    )
    sets = [replica_set(OLD, "1.0.0", -9000, "1", 4), replica_set(NEW, "1.1.0", 100, "2", 0)]
    events = read({"rollouts": [given_up], "replicasets": sets, "events": ABORTED})[0]
    assert held(events) == [
        (Kind.ROLLOUT_PAUSED, 110, "CanaryPauseStep"),
        (Kind.ROLLOUT_RESUMED, 171, ""),
        (Kind.ROLLOUT_ABORTED, 240, 'metric "errors" assessed Failed'),
    ]
    assert not only(events, Kind.ROLLBACK_STARTED, Kind.SCALED)
    rows = draft(Gathered(tuple(events), ()), WINDOW, Scope()).rows
    assert [(row.at, row.text) for row in rows] == [
        (at(100), "Rollout of shopfront 1.1.0 starts (replaces 1.0.0)"),
        (at(110), "Rollout of shopfront 1.1.0 paused: CanaryPauseStep, resumed at 12:02"),
        (at(240), 'Rollout of shopfront 1.1.0 aborted and goes back to 1.0.0: metric "errors" assessed Failed'),
    ]
    # From the Events alone: no versions, but the same course.
    alone = read({"events": ABORTED})[0]
    assert [kind for kind, _, _ in held(alone)] == list(HOLDS)


def test_what_an_argo_rollout_went_through_and_came_back_from() -> None:
    """Revision 2 is completed, then revision 1 comes back as 3: its controller says when each was."""
    events = [
        *CANARY[:-1],
        said("ScalingReplicaSet", f"Scaled up ReplicaSet {NEW} (revision 2) from 1 to 4", 130),
        said("ScalingReplicaSet", f"Scaled down ReplicaSet {OLD} (revision 1) from 3 to 0", 150),
        said("RolloutCompleted", f"Rollout completed update to revision 2 ({NEW}): Completed all 2 canary steps", 149),
        said("RolloutUpdated", "Rollout updated to revision 3", 600),
        said("ScalingReplicaSet", f"Scaled up ReplicaSet {OLD} (revision 3) from 0 to 4", 600),
        said("ScalingReplicaSet", f"Scaled down ReplicaSet {NEW} (revision 2) from 4 to 0", 620),
        said("RolloutCompleted", f"Rollout completed update to revision 3 ({OLD}): Rollback within window", 621),
    ]
    back = argo(
        condition("Progressing", "True", "NewReplicaSetAvailable", 100, 640),
        condition("Completed", "True", "RolloutCompleted", 621),
    )
    sets = [replica_set(OLD, "1.0.0", -9000, "3 after 1", 4), replica_set(NEW, "1.1.0", 100, "2", 0)]
    told = read({"rollouts": [back], "replicasets": sets, "events": events})[0]
    found = rollouts(merge(told))
    assert [(each.started.kind, each.keys.version, each.keys.revision) for each in found] == [
        (Kind.ROLLOUT_STARTED, "1.0.0", "1"),
        (Kind.ROLLOUT_STARTED, "1.1.0", "2"),
        (Kind.ROLLBACK_STARTED, "1.0.0", "3"),
    ]
    assert [each.started.best.at for each in found[1:]] == [at(100), at(600)]
    assert [each.completed.best.at for each in found[1:] if each.completed] == [at(149), at(621)]
    assert not only(told, Kind.SCALED)
