"""What the steps of a rolling update prove about new pods that nobody can ask any more.

The Deployment controller (pkg/controller/deployment/rolling.go) removes old pods only as far as

    minAvailable = replicas - maxUnavailable

stays available. Both of its ways keep to that. `cleanupUnhealthyReplicas` removes at most
`all pods - minAvailable - new pods that are not available`, counted by their specs, and
`scaleDownOldReplicaSetsForRollingUpdate` at most `available pods - minAvailable`; as no more old pods are available
than there are, both come to: if `b` old pods are left after the step, then at that moment

    available new pods >= minAvailable - b

The controller reads its informers' caches. While a status in there is older than the scaling before, it could remove
more than that; it then waits for milliseconds, pods for seconds to minutes, so this is taken as proof.
Available means ready for `minReadySeconds` without a break.
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
    """The same steps, and whether all new pods that were wanted must have been available."""
    wanted = _wanted(history, rollout)
    for step, bound in available(history, rollout):
        yield step, wanted is not None and bound >= wanted


def max_unavailable(deployment: Deployment, replicas: int) -> int:
    """How many pods may be missing, as Kubernetes resolves it: a percentage of `replicas` is rounded down, that of
    maxSurge up, and if both come to 0 then 1 may be missing. Both are 25% by default.
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
    """The smallest number that the Deployment may have wanted during the rollout, because it proves the least.

    The objects have what was wanted later, after an autoscaler; the rollout's own steps show what it reached. None if
    old pods were added meanwhile, as is done when a Deployment is scaled in the middle of a rollout.
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
    """A count or a percentage of the replicas; None if it is neither."""
    if value is None:
        value = "25%"
    if isinstance(value, str):
        percent = integer(value.removesuffix("%")) if value.endswith("%") else None
        return None if percent is None else (percent * replicas + (99 if up else 0)) // 100
    return count({"value": value}, "value")
