"""The steps in which the controllers of Deployments and Argo Rollouts scale ReplicaSets, as their Events tell them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sources.kubernetes.objects import Moment
from sources.kubernetes.records import Record

# "to 3" before Kubernetes 1.26, then "to 3 from 0", then "from 0 to 3"; of Argo Rollouts "ReplicaSet web-1 (revision 2)
# from 0 to 3".
_MESSAGE = re.compile(
    r"Scaled (up|down) (?:replica set|ReplicaSet) (\S+) (?:\(revision \d{1,9}\) )?"
    r"(?:from (\d{1,9}) )?to (\d{1,9})(?: from (\d{1,9}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Scaling:
    """One step of the controller."""

    at: Moment
    up: bool
    replica_set: str
    to: int
    was: int | None
    """None where the API server does not tell."""
    said: Record
    again: bool
    """Not the first occurrence of what the Event says."""


def scalings(records: Iterable[Record]) -> list[Scaling]:
    """The steps that these Events about one Deployment tell of, in order.

    The recorder counts equal messages in one Event, so one that was counted tells of two known instants: a second
    rollback is the `last` of the Event of the first one.
    """
    found: list[Scaling] = []
    for said in records:
        match = _MESSAGE.fullmatch(said.message)
        if match is None:
            continue
        was = match[3] or match[5]
        step = Scaling(said.first, match[1] == "up", match[2], int(match[4]), int(was) if was else None, said, False)
        found.append(step)
        if said.count > 1 and said.last.earliest > said.first.earliest:
            found.append(replace(step, at=said.last, again=True))
    # Within one second a rollout makes new pods before it removes old ones, and goes on step by step.
    return sorted(found, key=lambda s: (s.at, not s.up, s.replica_set, s.to if s.up else -s.to, s.said.uid))
