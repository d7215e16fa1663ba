"""What is looked at of every pod that is listed: taken once, when it is read, since there are thousands of them."""

from typing import Any, NamedTuple

from sources.cluster.fields import condition, moment
from sources.cluster.pod_status import is_calm
from sources.fact import Moment


class Glance(NamedTuple):
    """What the status of a pod shows at a glance."""

    calm: bool
    """See `is_calm`."""
    ready: Moment | None
    """Since when it is ready; None if it is not."""
    placed: Moment | None
    """Since when it has a node; None if it has none."""


def glance(item: Any) -> Glance:
    """The same of a pod as the API has it."""
    return Glance(is_calm(item), _since(item, "Ready"), _since(item, "PodScheduled"))


def _since(item: Any, kind: str) -> Moment | None:
    state = condition(item, kind)
    return moment(state.get("lastTransitionTime")) if state.get("status") == "True" else None
