"""The few facts needed of every listed pod: computed once, when the pod is read, since there are thousands of pods."""

from typing import Any, NamedTuple

from sources.cluster.fields import condition, moment
from sources.cluster.pod_status import is_calm
from sources.fact import Moment


class Glance(NamedTuple):
    """What the status of a pod shows at a glance."""

    calm: bool
    """See `is_calm`."""
    ready: Moment | None
    """Since when the pod is ready; None if it is not."""
    placed: Moment | None
    """Since when the pod has a node; None if it has none."""


def glance(item: Any) -> Glance:
    """The Glance of a pod as the API has it."""
    return Glance(is_calm(item), _since(item, "Ready"), _since(item, "PodScheduled"))


def _since(item: Any, kind: str) -> Moment | None:
    state = condition(item, kind)
    return moment(state.get("lastTransitionTime")) if state.get("status") == "True" else None
