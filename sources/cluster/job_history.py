"""When a Job failed for good: one rule for all evidence of it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from msgspec import Struct, field

from collector.event import Subject
from sources.cluster.facts.jobs import job_failed
from sources.cluster.fields import condition, count, moment, text
from sources.cluster.observations import Observation, changes
from sources.fact import Fact, Moment

_FAILED, _NOT = "failed", "not failed"
Evidence = TypeVar("Evidence")


class JobState(NamedTuple):
    """A Job as one piece of evidence shows it."""

    failed: bool
    since: Moment | None = None
    """Since when it has failed, if there is a stamp for that."""
    why: str = ""
    pods: float | None = None
    """How many of its pods failed."""


class JobFailure(Struct, Generic[Evidence], frozen=True):
    """The failure of a Job; `at` is the most likely instant within `when`."""

    fact: Fact
    when: Moment
    at: datetime
    pods: float | None
    evidence: Evidence

    @property
    def numbers(self) -> dict[str, float]:
        """`failed`: how many of its pods failed, if that is known."""
        return {} if self.pods is None else {"failed": self.pods}


class JobHistory(Struct, Generic[Evidence]):
    """Everything that one source shows of the Jobs of one name, in the order in which it was seen."""

    subject: Subject
    _states: list[Observation[tuple[JobState, Evidence]]] = field(default_factory=list)

    def add(self, state: JobState, seen: Moment, evidence: Evidence) -> None:
        """Add the state that `evidence` shows."""
        value = _FAILED if state.failed else _NOT
        self._states.append(Observation(value, seen, (state, evidence), state.since))

    def failures(self) -> Iterator[JobFailure[Evidence]]:
        """Each failure of a Job of that name."""
        for change in changes(self._states):
            state, evidence = change.evidence
            if state.failed:
                fact = job_failed(self.subject, state.why)
                yield JobFailure(fact, change.when, change.at, state.pods, evidence)


def job_state(item: Mapping[str, Any]) -> JobState:
    """The state of a Job from its object, or from a patch of its status."""
    state = condition(item, "Failed")
    since = moment(state.get("lastTransitionTime"))
    if since is None or state.get("status") != "True":
        return JobState(failed=False)
    why = ": ".join(part for part in (text(state, "reason"), text(state, "message")) if part)
    return JobState(failed=True, since=since, why=why, pods=count(item, "status", "failed"))
