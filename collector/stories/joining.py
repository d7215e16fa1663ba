"""Which run of CI made which rollout: an assignment, the surest first, each rollout to at most one run."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.services.service import Service
from collector.spans import Overlaps
from collector.stories.identity import same_commit
from collector.stories.story import Step, Story

_BEFORE = timedelta(minutes=1)
_AFTER = timedelta(minutes=5)
"""A rollout that CI made starts at most so long before CI says it started, or after it says it ended."""
LONGEST_RUN = timedelta(hours=6)
"""How long a CI run may go on whose end nobody saw; GitHub ends jobs after 6 hours."""
_CLEAR = 30
"""The strength from which a link stands without a record of a deployment."""
_LEAST = 10


@dataclass(frozen=True, slots=True)
class Join:
    """That a rollout is part of a pipeline."""

    pipeline: int
    rollout: int
    """Both by their number in the lists given."""
    strength: int
    reasons: tuple[str, ...]


def join(pipelines: Sequence[Story], rollouts: Sequence[Story]) -> dict[int, Join]:
    """For each rollout that CI made, by its number, the pipeline; a pipeline takes one rollout of each workload."""
    names = {rollout.service.name for rollout in rollouts}
    index = _index(pipelines)
    offers: list[tuple[int, timedelta, int, int, tuple[str, ...]]] = []
    for number, rollout in enumerate(rollouts):
        began = rollout.since
        seen = {at for key in _ids(rollout) if key in index for at in index[key].at(began)}
        for at in sorted(seen):
            pipeline = pipelines[at]
            # Of some deploys only the end is known, and that they started some time before.
            first = pipeline.first.best.earliest
            if began - LONGEST_RUN - _AFTER <= pipeline.since and first <= rollout.first.best.latest + _BEFORE:
                strength, reasons = _strength(pipeline, rollout, names)
                if strength >= (_LEAST if pipeline.manner.startswith("deploy") else _CLEAR):
                    offers.append((-strength, abs(began - pipeline.since), at, number, reasons))
    found: dict[int, Join] = {}
    taken: set[tuple[int, Service, str]] = set()
    for offer, _, at, number, reasons in sorted(offers):
        place = (at, rollouts[number].service, rollouts[number].first.best.subject.workload)
        if number not in found and place not in taken:
            found[number] = Join(at, number, -offer, reasons)
            taken.add(place)
    return found


def _reach(pipeline: Story) -> tuple[datetime, datetime] | None:
    """When what happens may be the doing of the pipeline; None if nobody knows when it started."""
    starts = pipeline.at(Step.STARTED) or pipeline.at(Step.APPROVED) or pipeline.at(Step.REQUESTED)
    if not starts:
        return None
    begun = min(one.best.earliest for one in starts)
    ends = [one.best.latest for step in (Step.COMPLETED, Step.FAILED) for one in pipeline.at(step)]
    end = max(ends) if ends else begun + LONGEST_RUN
    return begun - _BEFORE, end + _AFTER


def _index(pipelines: Sequence[Story]) -> Mapping[str, Overlaps]:
    reaches: dict[str, list[tuple[datetime, datetime, int]]] = {}
    for at, pipeline in enumerate(pipelines):
        reach = _reach(pipeline)
        if reach:
            for key in _ids(pipeline):
                reaches.setdefault(key, []).append((*reach, at))
    return {key: Overlaps(ours) for key, ours in reaches.items()}


def _ids(story: Story) -> Iterable[str]:
    """What a pipeline and a rollout that belong together have one of in common."""
    return set(_every_id(story))


def _every_id(story: Story) -> Iterator[str]:
    keys = story.keys
    if story.service.name:
        yield f"service {story.service.name}"
    if len(keys.commit) >= 7:
        yield f"commit {keys.commit[:7]}"
    if keys.version:
        yield f"version {keys.version}"
    if keys.digest:
        yield f"digest {keys.digest}"


def _strength(pipeline: Story, rollout: Story, names: set[str]) -> tuple[int, tuple[str, ...]]:
    """How surely the pipeline made the rollout, and why; what differs lowers it, and forbids nothing by itself."""
    ours, theirs = pipeline.keys, rollout.keys
    service = pipeline.service.name == rollout.service.name != ""
    strength, reasons = 0, []
    if ours.digest and ours.digest == theirs.digest:
        strength, reasons = 45, [f"image digest {ours.digest[:19]}"]
    elif same_commit(ours.commit, theirs.commit):
        strength, reasons = 40, [f"commit {theirs.commit[:7]}"]
    elif ours.version == theirs.version != "":
        # The version alone links a repository named otherwise than its workloads, not two services by chance.
        strength = 30 if service else 15 if pipeline.service.name not in names else 0
        reasons = [f"version {ours.version}"]
    elif service:
        strength, reasons = 20, ["it starts while that run deploys this service"]
    if not strength:
        return 0, ()
    if service:
        strength += 2
        reasons.append(f"service {rollout.service.name}")
    for name in ("commit", "version"):
        one, other = getattr(ours, name), getattr(theirs, name)
        if one and other and one != other and not same_commit(one, other):
            strength -= 5
            reasons.append(f"though CI names {name} {one[:12]} and the cluster {other[:12]}")
    known_places = pipeline.service.environment and rollout.service.environment
    if known_places and pipeline.service.lower != rollout.service.lower:
        strength -= 35
    return strength, tuple(reasons)
