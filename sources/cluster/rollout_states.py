"""What the status of a Deployment or Argo Rollout reports of its rollouts."""

from enum import StrEnum

from msgspec import Struct

from sources.fact import Moment


class RolloutState(StrEnum):
    """What became of a rollout."""

    COMPLETED = "completed"
    STUCK = "stuck"
    PAUSED = "paused"
    RESUMED = "resumed"
    ABORTED = "aborted"


class State(Struct, frozen=True):
    """One thing that a status reported of a rollout."""

    what: RolloutState
    at: Moment
    why: str = ""
    replica_set: str = ""
    """The one that it is about, where the status names it."""
