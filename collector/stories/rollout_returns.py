"""Finds rollouts that bring back an earlier version, and the version that ran if the rollout before had failed."""

from collections.abc import Sequence

from collector.event import Identity, Kind
from collector.stories.identity import same_version
from collector.stories.rollout import Rollout

_REMEMBERED = 100
"""How many rollouts back a rollback may go."""


def recognise_returns(ours: Sequence[Rollout]) -> None:
    """Set `served` and `ran_before` of the rollouts of one workload, which are in order."""
    for index, rollout in enumerate(ours):
        earlier = ours[max(0, index - _REMEMBERED) : index]
        if not earlier:
            rollout.ran_before = rollout.started.kind == Kind.ROLLBACK_STARTED
            continue
        last = earlier[-1]
        again = same_version(last.keys, rollout.keys)
        returned = any(before.ran and same_version(before.keys, rollout.keys) for before in earlier[:-1])
        # The version that a rollout replaces ran before it, even if its own rollout was not seen.
        returned = returned or same_version(Identity(version=last.keys.replaces), rollout.keys)
        back = rollout.started.kind == Kind.ROLLBACK_STARTED or (returned and not again)
        rollout.ran_before = back and not _was_taken_back(earlier, rollout)
        if not last.ran and rollout.started.best.keys.replaces == last.keys.version:
            rollout.served = last.keys.replaces


def _was_taken_back(earlier: Sequence[Rollout], rollout: Rollout) -> bool:
    """Whether it deploys again a version that a rollback took back, with no other version rolled out in between."""
    for index in range(len(earlier) - 1, -1, -1):
        if not same_version(earlier[index].keys, earlier[-1].keys):
            return False
        if earlier[index].ran_before:
            taken_back = earlier[index - 1].keys if index else Identity(version=earlier[index].keys.replaces)
            return same_version(taken_back, rollout.keys) and not same_version(earlier[-1].keys, rollout.keys)
    return False
