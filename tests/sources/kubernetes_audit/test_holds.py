"""Pauses, promotions and aborts; and Argo Rollouts, whose controller works as that of Deployments does."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from collector.event import Event, Kind
from collector.merge import merge
from collector.stories.rollouts import rollouts
from tests.sources.kubernetes_audit.log import Json, at, controller, entry, lines, told

T = at("14:10:00")
ARGO = "system:serviceaccount:argo-rollouts:argo-rollouts"
HOLDS = (Kind.ROLLOUT_PAUSED, Kind.ROLLOUT_RESUMED, Kind.ROLLOUT_ABORTED)
WITH = "by dana with kubectl/v1.29.2"


def later(seconds: float) -> datetime:
    return T + timedelta(seconds=seconds)


def events(tmp_path: Path, entries: Iterable[Json]) -> list[Event]:
    (tmp_path / "audit.log").write_text(lines(entries))
    return told(tmp_path, cluster="prod")[0]


def rollout(when: datetime, user: str, verb: str, body: object, sub: str = "", **more: object) -> Json:
    """One request about the Argo Rollout `web`."""
    made = entry(when, user, verb, f"rollouts/{sub}" if sub else "rollouts", "web", requestObject=body, **more)
    made["objectRef"]["apiGroup"] = "argoproj.io"
    return made


def deployment(paused: bool | None, **more: object) -> Json:
    return {
        "metadata": {"name": "cart"},
        "spec": {"replicas": 2, **({} if paused is None else {"paused": paused}), **more},
    }


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ([{"spec": {"paused": True}}, {"spec": {"paused": None}}], ["paused", "resumed"]),
        (
            [[{"op": "add", "path": "/spec/paused", "value": True}], [{"op": "remove", "path": "/spec/paused"}]],
            ["paused", "resumed"],
        ),
        ([deployment(None), deployment(True), deployment(True), deployment(False)], ["paused", "resumed"]),
        ([deployment(True), deployment(True)], []),
        ([{"spec": {"paused": False}}], ["resumed"]),
        ([{"spec": {"replicas": 3}}, {"metadata": {"labels": {"a": "b"}}}], []),
    ],
)
def test_a_deployment_is_paused_and_resumed_by_somebody(
    sent: list[object], expected: list[str], tmp_path: Path
) -> None:
    verb = lambda body: "update" if "metadata" in body and "spec" in body else "patch"  # noqa: E731
    found = events(
        tmp_path,
        [entry(later(n), "dana", verb(body), "deployments", "cart", requestObject=body) for n, body in enumerate(sent)],
    )
    holds = [each for each in found if each.kind in HOLDS]
    assert [(each.summary, each.merge_key) for each in holds] == [
        (f"Deployment cart {word} {WITH}", f"prod/shop/Deployment/cart/{word}") for word in expected
    ]
    assert all(each.actor == "dana" and each.subject.workload == "Deployment/cart" for each in holds)
    if "paused" in repr(sent[0]) and not any("metadata" in repr(body) for body in sent):
        assert len(found) == len(holds), "nothing is told twice"


def test_what_its_controller_says_is_what_was_before(tmp_path: Path) -> None:
    """The status is written with the whole object, so that an applied change is known to pause."""
    status = {"requestObject": deployment(None)}
    log = [
        entry(later(0), controller("deployment"), "update", "deployments/status", "cart", **status),
        entry(later(9), "dana", "update", "deployments", "cart", requestObject=deployment(True)),
    ]
    assert [each.at for each in events(tmp_path, log) if each.kind in HOLDS] == [later(9)]


def test_people_promote_abort_and_retry_argo_rollouts(tmp_path: Path) -> None:
    """As kubectl-argo-rollouts does it: pkg/kubectl-argo-rollouts/cmd."""
    log = [
        rollout(later(0), "dana", "patch", {"status": {"pauseConditions": None}}, "status"),
        rollout(later(10), "dana", "patch", {"status": {"pauseConditions": None, "currentStepIndex": 3}}, "status"),
        rollout(later(20), "dana", "patch", {"status": {"promoteFull": True}}, "status"),
        rollout(later(30), "dana", "patch", {"status": {"abort": True}}, "status"),
        rollout(later(40), "dana", "patch", {"status": {"abort": False}}, "status"),
        rollout(later(50), "dana", "patch", {"spec": {"paused": True}}),
        rollout(later(60), "dana", "patch", {"spec": {"paused": False}, "status": {"pauseConditions": None}}),
        {
            **rollout(later(70), "dana", "patch", {"status": {"abort": True}}, "status"),
            "objectRef": {"resource": "rollouts", "name": "x", "apiGroup": "rollouts.kruise.io"},
        },
    ]
    found = [each for each in events(tmp_path, log) if each.kind in HOLDS]
    assert [(each.kind, each.summary) for each in found] == [
        (Kind.ROLLOUT_RESUMED, f"Rollout web promoted {WITH}"),
        (Kind.ROLLOUT_RESUMED, f"Rollout web promoted {WITH}"),
        (Kind.ROLLOUT_RESUMED, f"Rollout web promoted fully {WITH}"),
        (Kind.ROLLOUT_ABORTED, f"Rollout web aborted {WITH}"),
        (Kind.ROLLOUT_PAUSED, f"Rollout web paused {WITH}"),
        (Kind.ROLLOUT_RESUMED, f"Rollout web promoted {WITH}"),
    ]
    assert {each.merge_key.rpartition("/")[0] for each in found} == {"prod/shop/Rollout/web"}


def replica_set(when: datetime, verb: str, name: str, version: str, revisions: str) -> Json:
    number, _, history = revisions.partition("<")
    notes = {"rollout.argoproj.io/revision": number, "rollout.argoproj.io/desired-replicas": "2"}
    notes |= {"rollout.argoproj.io/revision-history": history} if history else {}
    body = {
        "metadata": {
            "name": name,
            "namespace": "shop",
            "annotations": notes,
            "ownerReferences": [{"kind": "Rollout", "name": "web", "controller": True}],
        },
        "spec": {"replicas": 0, "template": {"spec": {"containers": [{"name": "web", "image": f"web:{version}"}]}}},
    }
    return entry(when, ARGO, verb, "replicasets", name, requestObject=body)


def status(when: datetime, **conditions: tuple[str, str, str]) -> Json:
    """What the controller writes down: of each condition the status, the reason and the time; always all of them."""
    told_ = [
        {"type": kind, "status": is_, "reason": why, "lastTransitionTime": since, "lastUpdateTime": since}
        for kind, (is_, why, since) in conditions.items()
    ]
    return rollout(when, ARGO, "patch", {"status": {"conditions": told_}}, "status")


def test_a_canary_and_its_undoing(tmp_path: Path) -> None:
    new, old = "web-6d94bb54cf", "web-5b4d8c5f84"
    paused = {"Paused": ("True", "RolloutPaused", "2026-04-01T14:10:05Z")}
    done = {
        "Completed": ("True", "RolloutCompleted", "2026-04-01T14:11:40Z"),
        "Paused": ("False", "RolloutPaused", "2026-04-01T14:11:01Z"),
    }
    log = [
        replica_set(at("13:30:00"), "create", old, "1.4.9", "1"),
        rollout(
            later(0),
            "dana",
            "patch",
            {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "web:1.5.0"}]}}}},
        ),
        replica_set(later(0.3), "create", new, "1.5.0", "2"),
        status(later(5.2), **paused),
        status(later(9), **paused),
        rollout(later(60), "sam", "patch", {"status": {"pauseConditions": None}}, "status"),
        status(later(61), **done),
        status(later(100.4), **done),
        status(later(130), **done),
        entry(later(101), controller("replicaset"), "delete", "pods", f"{old}-abcde"),
        rollout(later(300), "sam", "patch", [{"op": "replace", "path": "/spec/template", "value": {}}]),
        replica_set(later(300.2), "update", old, "1.4.9", "3<1"),
    ]
    found = events(tmp_path, log)
    told_ = [
        (each.kind, f"{each.at:%H:%M:%S}", each.actor, each.keys.version) for each in found if each.kind != Kind.OTHER
    ]
    assert told_ == [
        (Kind.ROLLOUT_STARTED, "13:30:00", "", "1.4.9"),
        (Kind.ROLLOUT_STARTED, "14:10:00", "dana", "1.5.0"),
        (Kind.ROLLOUT_PAUSED, "14:10:05", "", ""),
        (Kind.ROLLOUT_RESUMED, "14:11:00", "sam", ""),
        (Kind.ROLLOUT_COMPLETED, "14:11:40", "", "1.5.0"),
        (Kind.POD_TERMINATED, "14:11:41", "", "1.4.9"),
        (Kind.ROLLBACK_STARTED, "14:15:00", "sam", "1.4.9"),
    ]
    assert {each.subject.workload for each in found} == {"Rollout/web"}
    update, back = rollouts(merge(found))[1:]
    assert [fact.kind for fact in update.holds] == [Kind.ROLLOUT_PAUSED, Kind.ROLLOUT_RESUMED]
    assert (len(update.terminated), bool(update.completed), back.keys.replaces) == (1, True, "1.5.0")


def test_a_name_that_no_object_can_have_costs_nothing_else(tmp_path: Path) -> None:
    odd = entry(later(0), "dana", "patch", "deployments", "a/b/c/d", requestObject={"spec": {"paused": True}})
    good = entry(later(1), "dana", "patch", "deployments", "cart", requestObject={"spec": {"paused": True}})
    assert "Deployment cart paused" in [each.summary.split(" by ")[0] for each in events(tmp_path, [odd, good])]
