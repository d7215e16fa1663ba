"""What the steps of a rolling update prove about new pods that are gone by now.

The Deployment controller (pkg/controller/deployment/rolling.go) removes old pods only as long as

    minAvailable = replicas - maxUnavailable

pods stay available. Both of its ways to remove pods respect that. `cleanupUnhealthyReplicas` removes at most `all pods
- minAvailable - new pods that are not available`, counted by their specs, and `scaleDownOldReplicaSetsForRollingUpdate`
at most `available pods - minAvailable`. Since no more old pods are available than exist, both imply: if `b` old pods
are left after the step, then at that moment

    available new pods >= minAvailable - b

The controller reads from its informers' caches. If a status there is older than the previous scaling, it could remove
more than that. But such a delay takes milliseconds, and pods take seconds to minutes, so this is accepted as proof.
Available means ready for `minReadySeconds` without interruption.
"""

from collections.abc import Iterator

from sources.cluster.fields import count, integer
from sources.cluster.inference.deployment_history import DeploymentHistory, Purpose
from sources.cluster.inference.deployment_rollouts import DeploymentRollout
from sources.cluster.inference.scaling import Scaling
from sources.cluster.inventory import Deployment


def available(history: DeploymentHistory, rollout: DeploymentRollout) -> Iterator[tuple[Scaling, int]]:
    """Every step that removed old pods, and how many new pods must have been available then."""
    wanted = _wanted(history, rollout)
    if history.deployment is None or not history.deployment.rolling or wanted is None:
        return
    least = wanted - max_unavailable(history.deployment, wanted)
    ours = {id(step) for step in history.steps(rollout)}
    for index, step in enumerate(history.scalings):
        if id(step) in ours and not step.up and step.replica_set != rollout.new:
            left = _left(history, rollout.new, index)
            if left is not None and least > left:
                yield step, least - left


def proven(history: DeploymentHistory, rollout: DeploymentRollout) -> Iterator[tuple[Scaling, bool]]:
    """The same steps, each with whether all wanted new pods must have been available."""
    wanted = _wanted(history, rollout)
    for step, bound in available(history, rollout):
        yield step, wanted is not None and bound >= wanted


def max_unavailable(deployment: Deployment, replicas: int) -> int:
    """How many pods may be missing, as Kubernetes computes it.

    A percentage of `replicas` is rounded down, that of maxSurge is rounded up, and if both come to 0 then 1 pod may be
    missing. Both are 25% by default.
    """
    missing = _share(deployment.max_unavailable, replicas, up=False)
    surge = _share(deployment.max_surge, replicas, up=True)
    if missing is None or surge is None:
        return replicas
    return min(replicas, missing if missing or surge else 1)


def _left(history: DeploymentHistory, new: str, index: int) -> int | None:
    names = {*history.sets, *(step.replica_set for step in history.scalings)} - {new}
    left = [history.size_after(name, index) for name in sorted(names)]
    return None if None in left else sum(each for each in left if each is not None)


def _wanted(history: DeploymentHistory, rollout: DeploymentRollout) -> int | None:
    """The smallest number of pods that the Deployment may have wanted during the rollout: it proves the least.

    The objects have the number wanted later, after an autoscaler; the rollout's own steps show the number it reached.
    None if old pods were added meanwhile, as happens when a Deployment is scaled in the middle of a rollout.
    """
    steps = history.steps(rollout)
    if any(step.up and step.replica_set != rollout.new for step in steps):
        return None
    own = history.sets.get(rollout.new)
    known = [own.desired if own else None, history.deployment.replicas if history.deployment else None]
    reached = [step.to for step in steps if step.up and history.purpose(step)[0] != Purpose.SIZE]
    known.append(max(reached, default=None))
    return min((number for number in known if number is not None), default=None)


def _share(value: object, replicas: int, *, up: bool) -> int | None:
    """A count, or a percentage of the replicas; None if `value` is neither."""
    if value is None:
        value = "25%"
    if isinstance(value, str):
        percent = integer(value.removesuffix("%")) if value.endswith("%") else None
        return None if percent is None else (percent * replicas + (99 if up else 0)) // 100
    return count({"value": value}, "value")
