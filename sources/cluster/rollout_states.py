"""The states of a rollout that the status of a Deployment or Argo Rollout reports."""

from enum import StrEnum

from msgspec import Struct

from sources.fact import Moment


class RolloutState(StrEnum):
    """The state of a rollout."""

    COMPLETED = "completed"
    STUCK = "stuck"
    PAUSED = "paused"
    RESUMED = "resumed"
    ABORTED = "aborted"


class State(Struct, frozen=True):
    """One state that a status reports."""

    what: RolloutState
    at: Moment
    why: str = ""
    replica_set: str = ""
    """The ReplicaSet that it is about, if the status names it."""
