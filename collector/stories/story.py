"""A story: one thing to an engineer, such as this deploy, that alert, those errors, the lost node."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from msgspec import Struct, field
from msgspec.structs import replace

from collector.event import Identity
from collector.manner import Manner
from collector.merge import Occurrence, filled
from collector.services.service import Service


class StoryType(StrEnum):
    """The type of a story."""

    DEPLOY = "deploy"
    """A deploy, rollback or restart; its parts are pipelines and rollouts."""
    PIPELINE = "pipeline"
    """A part: one CI run that deploys to one environment."""
    ROLLOUT = "rollout"
    """A part: one workload from one version to the next."""
    ALERT = "alert"
    SYMPTOM = "symptom"
    """Unusual errors, latency or traffic."""
    PODS = "pods"
    """One kind of trouble with the pods of one workload."""
    NODE = "node"
    JOB = "job"
    """A Job that failed."""
    JOB_RUN = "job run"
    """A Job that ran for minutes, whatever the result."""
    SCALING = "scaling"
    DELETION = "deletion"
    CONFIG = "config"
    FLAG = "flag"
    """A feature flag was switched on or off, or its rules were changed."""
    HOLD = "hold"
    """A workload that was paused or resumed outside of a rollout."""
    REPLACED = "replaced pods"
    """Pods that were stopped and replaced outside of a rollout."""
    VOLUME = "volume"
    WARNING = "warning"
    SILENCE = "silence"
    ANNOTATION = "annotation"
    NOTE = "note"


class Step(StrEnum):
    """The steps of a story, in order."""

    REQUESTED = "requested"
    WAITING = "waiting"
    APPROVED = "approved"
    STARTED = "started"
    """It begins: the deploy starts, the alert fires, the errors rise, the first pod dies."""
    SURGED = "surged"
    """Several times as many requests as usual came before it began."""
    CHANGED = "changed"
    """It goes on at another level: errors that get worse, or better in part."""
    PODS_READY = "pods ready"
    PODS_TERMINATED = "pods terminated"
    PAUSED = "paused"
    RESUMED = "resumed"
    ABORTED = "aborted"
    STUCK = "stuck"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    REFUSED = "refused"
    COMPLETED = "completed"
    MARKED = "marked"
    """Marked on a dashboard; of the trouble of pods, whatever is no other step."""
    ENDED = "ended"
    """It is over: the alert is resolved, the errors fell, the pods are ready again."""


Steps = Mapping[Step, tuple[Occurrence, ...]]


class Story(Struct, frozen=True, dict=True):
    """One thing, as far as any source saw it. All times are in UTC; what is computed from its steps is cached."""

    type: StoryType
    service: Service
    about: str
    """Its subject, apart from the service: the alert's name, the measure, the version, the node."""
    steps: Steps
    parts: tuple["Story", ...] = ()
    manner: str = ""
    """The sort within its type: the `Manner` of a deploy, the kind of Event of pod trouble."""
    id: str = ""
    """From type, service and subject, not from the evidence; set when all stories are known."""
    keys: Identity = field(default_factory=Identity)
    """The ids of its subject, as far as any of its evidence has them."""
    reasons: tuple[str, ...] = ()
    """For a part: why it belongs to its whole."""
    strength: int = 0
    """For a part: how surely it belongs, as in a Link."""
    reverts: bool = False
    """For a pipeline: a clone of its repository shows that its commit reverts another."""

    @cached_property
    def since(self) -> datetime:
        """The best single time of its start; for a deploy, the first start of a pipeline, else of a rollout."""
        return self.first.best.at

    @property
    def rolls_back(self) -> bool:
        """Whether it is a deploy that brings back an earlier version, either by itself or on request."""
        return self.manner in (Manner.ROLLBACK, Manner.AUTOMATIC_ROLLBACK)

    @cached_property
    def first(self) -> Occurrence:
        """The Occurrence that it begins with."""
        for step in _BEGINNINGS:
            if self.steps.get(step):
                return self.steps[step][0]
        if self.parts:
            started = [part for part in self.parts if part.steps.get(Step.STARTED)]
            of_ci = [part for part in started if part.type == StoryType.PIPELINE]
            firsts = [part.first for part in of_ci or started]
            run = min(firsts, key=lambda one: one.best.at) if firsts else self.parts[0].first
            # If the start in CI is known only as an interval, an earlier rollout within it is the better start.
            seen = (part.first for part in self.parts_of(StoryType.ROLLOUT))
            inside = [one for one in seen if run.best.earliest <= one.best.at < run.best.at]
            return min(inside, key=lambda one: one.best.at, default=run)
        return min(self.occurrences(), key=lambda one: one.best.at)

    @cached_property
    def until(self) -> datetime:
        """The latest time at which something of it may still have happened."""
        return max(one.best.latest for one in self.occurrences())

    @cached_property
    def over(self) -> datetime | None:
        """The last of its observed ends; None if there is none."""
        return max((one.best.at for one in self.steps.get(Step.ENDED, ())), default=None)

    @cached_property
    def complete_at(self) -> datetime | None:
        """When the last rollout of a deploy was complete; None if one of them is not.

        For a deploy without a rollout, the completion that CI reports.
        """
        rolled = self.parts_of(StoryType.ROLLOUT)
        ends = [part.at(Step.COMPLETED) for part in rolled or self.parts]
        return max(one.best.at for ours in ends for one in ours) if ends and all(ends) else None

    def at(self, step: Step) -> tuple[Occurrence, ...]:
        """The Occurrences of one step, its own before those of its parts."""
        found = self.steps.get(step, ())
        for part in self.parts:
            if theirs := part.at(step):
                found += theirs
        return found

    def parts_of(self, type_: StoryType) -> tuple["Story", ...]:
        """Its parts of one type."""
        return tuple(part for part in self.parts if part.type == type_)

    def occurrences(self) -> Iterator[Occurrence]:
        """All its Occurrences, including those of its parts."""
        for ours in self.steps.values():
            yield from ours
        for part in self.parts:
            yield from part.occurrences()

    def with_id(self, own: str, parts: tuple["Story", ...] = ()) -> "Story":
        """The same with an id, and with parts that have ids; cached values are kept."""
        found = replace(self, id=own, parts=parts)
        found.__dict__.update(self.__dict__)
        return found

    @cached_property
    def actor(self) -> str:
        """Who did it; empty if unknown."""
        for step in (Step.STARTED, Step.WAITING, Step.REQUESTED, Step.APPROVED):
            for one in self.steps.get(step, ()):
                if one.best.actor:
                    return one.best.actor
        return next((part.actor for part in self.parts if part.actor), "")


_BEGINNINGS = (Step.STARTED, Step.APPROVED, Step.WAITING, Step.REQUESTED)

SOON = timedelta(minutes=2)
_UNKNOWN = Identity()


def known(occurrences: Iterable[Occurrence]) -> Identity:
    """All ids in the Occurrences; for each field, the first that is known."""
    keys = _UNKNOWN
    for one in occurrences:
        keys = filled(keys, one.best.keys)
    return keys
