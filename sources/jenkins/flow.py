"""The stages of a Pipeline build, and the time span of each deploy in it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from collector.source import Gap, each
from sources.deploy_names import is_deploy_name
from sources.fact import Moment
from sources.jenkins.items import MILLISECOND, Build, at
from sources.json_fields import line

CUT = MILLISECOND - timedelta(microseconds=1)
"""Jenkins truncates its times to milliseconds: the true time is up to this much later."""
_UNTIL_BEGUN = timedelta(seconds=2)
"""Usual maximum time between the creation of a build and its work; only its stages show the exact time."""
_SOON = timedelta(seconds=1)


STATUSES = frozenset(
    {"SUCCESS", "FAILED", "ABORTED", "UNSTABLE", "IN_PROGRESS", "PAUSED_PENDING_INPUT", "NOT_EXECUTED", "QUEUED"}
)
"""com.cloudbees.workflow.rest.external.StatusExt."""


class Stage(Struct, frozen=True):
    """One stage. A skipped stage has the status `NOT_EXECUTED`; one that has not begun is missing."""

    id: str
    name: str
    status: str
    begun: datetime
    duration: timedelta
    paused: timedelta
    """The part of `duration` in which it waited for an answer to a question."""

    @property
    def end(self) -> datetime:
        """When it ended, or when it was last seen running."""
        return self.begun + self.duration

    @property
    def asks(self) -> bool:
        """Whether it is waiting for an answer."""
        return self.status == "PAUSED_PENDING_INPUT"


class Flow(Struct, frozen=True):
    """The stages of a build, in order."""

    begun: datetime
    stages: tuple[Stage, ...]


class Span(Struct, frozen=True):
    """One deploy in a build: a stage, or the whole build."""

    stage: Stage | None
    waits: datetime | None
    """When it began to wait for an answer; None if it did not wait."""
    approved: Moment | None
    """When the answer was yes."""
    start: Moment | None
    """None if it has not started, or never started."""
    end: Moment | None
    """None if it is still running."""
    status: str
    """As the result of a build in Jenkins: `SUCCESS`, `UNSTABLE`, `FAILURE`, `ABORTED`, `NOT_BUILT`; or empty."""


def flow(body: Any) -> Iterator[Flow | Gap]:
    """Parse the description of a run. Stages that cannot be read are counted in a Gap, and the others are kept.

    Raises what `collector.source.each` counts.
    """
    begun = at(body["startTimeMillis"])
    listed = body.get("stages")
    stages: list[Stage] = []
    for found in each(listed, _stage, "stages"):
        if isinstance(found, Gap):
            yield found
        else:
            stages.append(found)
    yield Flow(begun, tuple(sorted(stages, key=lambda one: (one.begun, one.id))))


def _stage(one: Any) -> Iterator[Stage]:
    yield Stage(
        id=line(one["id"]),
        name=line(one["name"]),
        status=line(one.get("status")),
        begun=at(one["startTimeMillis"]),
        duration=_span(one.get("durationMillis")),
        paused=min(_span(one.get("pauseDurationMillis")), _span(one.get("durationMillis"))),
    )


def begun(build: Build, known: Flow | None) -> Moment:
    """When the work of a build began."""
    if known is not None:
        return Moment(known.begun, known.begun + CUT)
    return Moment(build.created, build.created + _UNTIL_BEGUN)


def ended(build: Build, known: Flow | None) -> Moment | None:
    """When a build ended; None if it is still running. Its duration counts from the beginning of its work."""
    if build.running:
        return None
    start = begun(build, known)
    return Moment(start.earliest + build.duration, start.latest + build.duration)


def spans(build: Build, known: Flow | None, *, all_of_it: bool) -> Iterator[Span]:
    """The deploys in a build: each stage that deploys by name, else the whole build if it is a deploy (`all_of_it`)."""
    stages = known.stages if known is not None else ()
    after = 0
    found = False
    for number, stage in enumerate(stages):
        if is_deploy_name(stage.name) and stage.status != "NOT_EXECUTED":
            found = True
            yield _of_stage(stage, stages[after:number])
            after = number + 1
    if all_of_it and not found:
        yield _of_build(build, known, stages)


_RESULTS = {"SUCCESS": "SUCCESS", "FAILED": "FAILURE", "ABORTED": "ABORTED", "UNSTABLE": "UNSTABLE"}


def _of_stage(stage: Stage, before: Sequence[Stage]) -> Span:
    status = _RESULTS.get(stage.status, "")
    end = Moment(stage.end, stage.end + CUT) if status else None
    question = next((one for one in reversed(before) if one.paused), None)
    if not stage.paused and not stage.asks:
        waits, approved = (question.begun, _answered(question)) if question is not None else (None, None)
        return Span(stage, waits, approved, Moment(stage.begun, stage.begun + CUT), end, status)
    if stage.asks or _never_answered(stage):
        return Span(stage, stage.begun, None, None, end, status)
    answered = _answered(stage)
    return Span(stage, stage.begun, answered, answered, end, status)


def _of_build(build: Build, known: Flow | None, stages: Sequence[Stage]) -> Span:
    start: Moment | None = begun(build, known)
    end, status = ended(build, known), build.result
    question = next((one for one in reversed(stages) if one.paused or one.asks), None)
    if question is None:
        return Span(None, None, None, start, end, status)
    if question.asks or _never_answered(question):
        return Span(None, question.begun, None, None, _not_before(question.begun, end), status)
    answered = _answered(question)
    return Span(None, question.begun, answered, answered, _not_before(answered.earliest, end), status)


def _not_before(begun: datetime, end: Moment | None) -> Moment | None:
    """`end`, but not before `begun`, which two timestamps may contradict."""
    return Moment(max(begun, end.earliest), max(begun, end.latest)) if end is not None else None


def _answered(stage: Stage) -> Moment:
    """When its question was answered; it was asked at the beginning of the stage or later."""
    return Moment(stage.begun + stage.paused, max(stage.begun + stage.paused, stage.end) + CUT)


def _never_answered(stage: Stage) -> bool:
    return stage.status in ("ABORTED", "FAILED") and stage.duration - stage.paused <= _SOON


def _span(value: object) -> timedelta:
    return at(value) - at(0) if isinstance(value, int) and value > 0 else timedelta(0)
