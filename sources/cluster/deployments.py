"""Deployments and Argo Rollouts: their specification, and the state of their rollouts that their status reports."""

import re
from collections.abc import Iterator
from typing import Any

from sources.cluster.fields import condition, count, get, moment, objects, strings, text
from sources.cluster.inventory import Deployment, service_of
from sources.cluster.rollout_states import RolloutState, State
from sources.cluster.writers import writes
from sources.fact import Moment

_Object = dict[str, Any]
_ABOUT = re.compile(r'ReplicaSet "([^"]+)" ')
"""The beginning of a message about progress: `ReplicaSet "web-1" has successfully progressed.`"""


def replica_set_of(progressing: Any) -> str:
    """The ReplicaSet that a condition Progressing is about; empty if it names none."""
    match = _ABOUT.match(text(progressing, "message"))
    return match[1] if match else ""


def read_deployment(item: _Object) -> Iterator[Deployment]:
    """Read one Deployment. Raises ValueError if it has no name."""
    strategy = get(item, "spec", "strategy")
    yield Deployment(
        **_identity(item, "Deployment"),
        replicas=count(item, "spec", "replicas"),
        rolling=text(strategy, "type") in ("", "RollingUpdate"),
        max_surge=get(strategy, "rollingUpdate", "maxSurge"),
        max_unavailable=get(strategy, "rollingUpdate", "maxUnavailable"),
        states=_in_order(_progress(item, "DeploymentPaused", "DeploymentResumed")),
    )


def read_rollout(item: _Object) -> Iterator[Deployment]:
    """Read one Argo Rollout (argoproj.io/v1alpha1). Raises ValueError if it has no name.

    argo-rollouts documents its conditions in rollout/sync.go and utils/conditions/conditions.go.
    """
    yield Deployment(
        **_identity(item, "Rollout"),
        replicas=count(item, "spec", "replicas"),
        # The proofs from a Deployment's steps (`availability`) do not hold for a Rollout.
        rolling=False,
        max_surge=None,
        max_unavailable=None,
        states=_in_order([*_progress(item, "", ""), *_promoted(item), *_paused(item), *_aborted(item)]),
    )


def _identity(item: _Object, kind: str) -> dict[str, Any]:
    name = text(item, "metadata", "name")
    if not name:
        raise ValueError("an object without a name")
    service = service_of(strings(item, "metadata", "labels"), name)
    return {
        "key": (text(item, "metadata", "namespace"), f"{kind}/{name}"),
        "service": service,
        "writes": writes(item),
    }


def _progress(item: _Object, paused: str, resumed: str) -> Iterator[State]:
    """What the condition Progressing reports about the ReplicaSet that its message names.

    The condition stays True across rollouts: only `lastUpdateTime` shows when the latest one completed, while
    `lastTransitionTime` is when its status last became False or Unknown. The status is Unknown while a Deployment is
    paused and, with another reason, from when it is resumed until there is progress.
    """
    progressing = condition(item, "Progressing")
    updated, turned = (moment(progressing.get(key)) for key in ("lastUpdateTime", "lastTransitionTime"))
    state = (text(progressing, "status"), text(progressing, "reason"))
    about = replica_set_of(progressing)
    if state == ("True", "NewReplicaSetAvailable") and not text(condition(item, "Completed"), "status"):
        yield from _state(RolloutState.COMPLETED, updated, about=about)
    elif state == ("False", "ProgressDeadlineExceeded"):
        yield from _state(RolloutState.STUCK, turned, about=about)
    elif state[0] == "Unknown" and state[1] in (paused, resumed) and state[1]:
        yield from _state(RolloutState.PAUSED, updated if state[1] == paused else turned)
        if state[1] == resumed:
            yield from _state(RolloutState.RESUMED, updated)


def _promoted(item: _Object) -> Iterator[State]:
    """The condition Completed becomes True when the new ReplicaSet becomes stable, and False with the next change."""
    completed = condition(item, "Completed")
    if text(completed, "status") == "True":
        yield from _state(RolloutState.COMPLETED, moment(completed.get("lastTransitionTime")))


def _paused(item: _Object) -> Iterator[State]:
    """The condition Paused exists from the first pause on, whoever paused: a step of the canary, an analysis, a person.

    Releases before 1.0 do not have it: there, Progressing is Unknown during a pause.
    """
    paused, progressing = condition(item, "Paused"), condition(item, "Progressing")
    since = moment(paused.get("lastTransitionTime"))
    conditions = objects(item, "status", "pauseConditions")
    old = not paused and (text(progressing, "status"), text(progressing, "reason")) == ("Unknown", "RolloutPaused")
    if old:
        began = [at for each in conditions if (at := moment(each.get("startTime")))]
        since = min(began, default=moment(progressing.get("lastTransitionTime")))
    if old or text(paused, "status") == "True":
        reasons = {text(each, "reason") for each in conditions} - {""}
        by_hand = "by hand" if get(item, "spec", "paused") is True else ""
        why = [*(sorted(reasons) or filter(None, [by_hand])), *_step(item)]
        yield from _state(RolloutState.PAUSED, since, ", ".join(why))
    elif text(paused, "status") == "False":
        yield from _state(RolloutState.RESUMED, since)


def _step(item: _Object) -> Iterator[str]:
    """The current step of the canary: `step 2 of 4, 25 % of the traffic`."""
    index, steps = count(item, "status", "currentStepIndex"), objects(item, "spec", "strategy", "canary", "steps")
    if index is not None and index < len(steps):
        weights = [weight for step in steps[: index + 1] if (weight := count(step, "setWeight")) is not None]
        yield f"step {index + 1} of {len(steps)}" + (f", {weights[-1]} % of the traffic" if weights else "")


def _aborted(item: _Object) -> Iterator[State]:
    progressing = condition(item, "Progressing")
    if (text(progressing, "status"), text(progressing, "reason")) == ("False", "RolloutAborted"):
        at = moment(get(item, "status", "abortedAt")) or moment(progressing.get("lastTransitionTime"))
        # `Rollout aborted update to revision 2: metric "errors" assessed Failed`
        yield from _state(RolloutState.ABORTED, at, text(progressing, "message").partition(": ")[2])


def _state(what: RolloutState, at: Moment | None, why: str = "", about: str = "") -> Iterator[State]:
    if at:
        yield State(what, at, why, about)


def _in_order(states: Iterator[State] | list[State]) -> tuple[State, ...]:
    return tuple(sorted(states, key=lambda state: (state.at, state.what)))
