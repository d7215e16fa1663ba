"""Which rollouts bring back what ran before, and what ran when one started after another that never came."""

from collections.abc import Sequence

from collector.event import Identity, Kind
from collector.stories.identity import same_version
from collector.stories.rollout import Rollout

_REMEMBERED = 100
"""So many versions back a rollback may go."""


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
        # What a rollout replaces ran before it, also if its own rollout was not seen.
        returned = returned or same_version(Identity(version=last.keys.replaces), rollout.keys)
        rollout.ran_before = rollout.started.kind == Kind.ROLLBACK_STARTED or (returned and not again)
        if not last.ran and rollout.started.best.keys.replaces == last.keys.version:
            rollout.served = last.keys.replaces
