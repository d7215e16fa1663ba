"""The steps in which the controllers of Deployments and Argo Rollouts scale ReplicaSets, as Events record them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from sources.cluster.event_objects import Record
from sources.cluster.inventory import Key, Sizes
from sources.fact import Moment

# The message is "to 3" before Kubernetes 1.26, then "to 3 from 0", then "from 0 to 3"; with Argo Rollouts "ReplicaSet
# web-1 (revision 2) from 0 to 3".
_MESSAGE = re.compile(
    r"Scaled (up|down) (?:replica set|ReplicaSet) (\S+) (?:\(revision \d{1,9}\) )?"
    r"(?:from (\d{1,9}) )?to (\d{1,9})(?: from (\d{1,9}))?",
    re.ASCII,
)
_SEEN = timedelta(seconds=2)
"""A change of size is seen within this time after its Event."""
_AT_ONCE = timedelta(seconds=10)
"""The pods of a ReplicaSet are made within this time, if nothing holds them up."""


class Scaling(Struct, frozen=True):
    """One scaling step of the controller."""

    at: Moment
    up: bool
    replica_set: str
    to: int
    was: int | None
    """None if the API server does not record it."""
    record: Record
    again: bool
    """Whether this is a later occurrence of a counted Event, not the first."""


def scalings(records: Iterable[Record]) -> list[Scaling]:
    """The scaling steps in these Events about one Deployment, in order.

    The recorder counts equal messages in one Event, so a counted Event has two known instants: a second rollback is the
    `last` of the first one's Event.
    """
    found: list[Scaling] = []
    for record in records:
        match = _MESSAGE.fullmatch(record.message)
        if match is None:
            continue
        was = match[3] or match[5]
        step = Scaling(
            record.first, match[1] == "up", match[2], int(match[4]), int(was) if was else None, record, False
        )
        found.append(step)
        if record.count > 1 and record.last.earliest > record.first.earliest:
            found.append(replace(step, at=record.last, again=True))
    # Within one second, a rollout makes new pods before it removes old ones, and proceeds step by step.
    return sorted(found, key=lambda s: (s.at, not s.up, s.replica_set, s.to if s.up else -s.to, s.record.uid))


def with_sizes(steps: Iterable[Scaling], namespace: str, sizes: Mapping[Key, Sizes]) -> list[Scaling]:
    """The same steps; if a step's previous size is not recorded, it is taken from the sizes that were seen."""
    return [
        replace(step, was=_before(step, sizes.get((namespace, step.replica_set), ()))) if step.was is None else step
        for step in steps
    ]


def _before(step: Scaling, seen: Sizes) -> int | None:
    """The size of a ReplicaSet before it reached that of the step, if that change was seen."""
    until = [(at, size) for at, size in seen if at <= step.at.latest + _SEEN]
    while until and until[-1][1] != step.to:
        until.pop()
    if until and until[-1][0] < step.at.earliest - _SEEN:
        return None  # it had that size long before, and its sizes since were not seen
    return next((size for _, size in reversed(until) if size != step.to), None)


def from_nothing(
    namespace: str, steps: Sequence[Scaling], of_pods: Mapping[tuple[str, str], Sequence[Record]]
) -> list[Scaling]:
    """The same steps, with `was` set to 0 where Events show that a ReplicaSet began with no pods.

    An old API server does not record that. It is concluded for a ReplicaSet that is not listed if no Event named it
    before, and all its pods were made at once after the step.

    `of_pods` has the Event objects about the pods of those ReplicaSets, by namespace and name.
    """
    found: list[Scaling] = []
    named: set[str] = set()
    for step in steps:
        theirs = of_pods.get((namespace, step.replica_set), ())
        if step.up and step.was is None and theirs and step.replica_set not in named:
            made = {record.pod for record in theirs if record.reason == "SuccessfulCreate"}
            begin, end = step.at.earliest, step.at.latest + _AT_ONCE
            at_once = {record.pod for record in theirs if begin <= record.first.earliest <= end} & made
            before = any(record.first.latest <= begin for record in theirs)
            found.append(replace(step, was=0) if len(at_once) >= step.to and not before else step)
        else:
            found.append(step)
        named.add(step.replica_set)
    return found
