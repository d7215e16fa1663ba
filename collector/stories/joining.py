"""Which runs of CI, syncs and rollouts are one deploy: an assignment, the surest first.

A deploy has one run of each system, or one sync of each application, and one rollout of each workload. So two runs that
deploy one after the other stay two deploys, however alike they are.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from msgspec import Struct, field

from collector.spans import Overlaps
from collector.stories.candidates import AFTER, Span, index_of, near
from collector.stories.pipelines import BROKEN_OFF, RUN, of_itself
from collector.stories.story import Step, Story
from collector.stories.strength import JUST_AFTER, ONE_OF_SEVERAL, ONLY_ONE, Evidence, evidence

_BEFORE = timedelta(minutes=1)
"""A rollout that CI made starts at most so long before CI says it started, or after CI says it failed."""
LONGEST_RUN = timedelta(hours=6)
"""How long a CI run may go on whose end nobody saw; GitHub ends jobs after 6 hours."""
_CLEAR = 30
"""The strength from which a link stands without a record of a deployment."""
_LEAST = 10
_SECOND = 20
"""The strength from which a rollout may have a second pipeline: that of another system."""

Slot = tuple[str, ...]


class Group(Struct):
    """The parts of one deploy, by their numbers in the lists given."""

    pipelines: list[int] = field(default_factory=list)
    rollouts: list[int] = field(default_factory=list)
    why: dict[tuple[str, int], Evidence] = field(default_factory=dict)
    """Why each part belongs to it: by its sort and its number; nothing for the one that was there first."""
    slots: set[Slot] = field(default_factory=set)


class _Offer(Struct, frozen=True, order=True):
    weakness: int
    apart: timedelta
    pipeline: int
    sort: str
    other: int
    """A rollout or a pipeline, by its sort and number."""
    evidence: Evidence


def join(pipelines: Sequence[Story], rollouts: Sequence[Story]) -> list[Group]:
    """Every pipeline and every rollout in one group, with others only for a reason."""
    names = frozenset(rollout.service.name for rollout in rollouts)
    spans = [_span(pipeline) for pipeline in pipelines]
    index, enclosing = index_of(pipelines, spans, names), _enclosing(pipelines, spans)
    offers: list[_Offer] = []
    for number, rollout in enumerate(rollouts):
        for at in near(rollout, index):
            # Of some deploys only the end is known, and that they started some time before.
            if pipelines[at].first.best.earliest <= rollout.first.best.latest + _BEFORE:
                offers += _offer(at, "rollout", number, pipelines[at], rollout, names, spans[at], enclosing)
    slots, unwished = [_slot(pipeline) for pipeline in pipelines], [of_itself(pipeline) for pipeline in pipelines]
    for number, later in enumerate(pipelines) if len(set(slots)) > 1 else ():
        # A version alone is too little for two pipelines of different services.
        for at in near(later, index, alike=True):
            earlier = pipelines[at]
            if slots[at] == slots[number] or unwished[at] != unwished[number] or not _may_be_one(earlier, later):
                continue
            if (earlier.since, at) < (later.since, number):
                offers += _offer(at, "pipeline", number, earlier, later, names, spans[at], enclosing)
    return _assign(sorted(offers), slots, [_workload(rollout) for rollout in rollouts])


def _assign(offers: Iterable[_Offer], slots: Sequence[Slot], workloads: Sequence[Slot]) -> list[Group]:
    groups: dict[tuple[str, int], Group] = {}
    for at, slot in enumerate(slots):
        groups["pipeline", at] = Group([at], [], {}, {slot})
    for number, workload in enumerate(workloads):
        groups["rollout", number] = Group([], [number], {}, {workload})
    for offer in offers:
        part = (offer.sort, offer.other)
        home, guest = groups["pipeline", offer.pipeline], groups[part]
        if home is guest or home.slots & guest.slots or (guest.pipelines and -offer.weakness < _SECOND):
            continue
        home.pipelines += guest.pipelines
        home.rollouts += guest.rollouts
        home.slots |= guest.slots
        home.why = {**guest.why, **home.why}
        # A rollout that has a pipeline already ties this one to it, not itself a second time.
        tied = ("pipeline", offer.pipeline) if part in home.why and part[0] == "rollout" else part
        home.why.setdefault(tied, offer.evidence)
        for sort, numbers in (("pipeline", guest.pipelines), ("rollout", guest.rollouts)):
            for number in numbers:
                groups[sort, number] = home
    return list({id(group): group for group in groups.values()}.values())


def _offer(
    at: int,
    sort: str,
    number: int,
    pipeline: Story,
    other: Story,
    names: frozenset[str],
    span: Span | None,
    enclosing: Callable[[Story, Story], int],
) -> Iterator[_Offer]:
    began = other.since
    if not span or not span[0] <= began:
        return
    if sort == "rollout" and began > span[1] + _BEFORE and _broken_off(pipeline):
        # What has failed changes nothing any more: somebody did that after it, by hand or in another way.
        return
    near = began <= span[1] + AFTER
    worth = JUST_AFTER if near else 0
    if began <= span[1]:
        worth = ONLY_ONE if enclosing(pipeline, other) == 1 else ONE_OF_SEVERAL
    found = evidence(pipeline, other, names, while_it_ran=worth)
    # Long after its end an id has to be as sure as a commit.
    least = _CLEAR if RUN in (pipeline.manner, other.manner) or not near else _LEAST
    if found.strength >= least:
        yield _Offer(-found.strength, abs(began - pipeline.since), at, sort, number, found)


def _broken_off(pipeline: Story) -> bool:
    return not pipeline.at(Step.COMPLETED) and any(pipeline.at(step) for step in BROKEN_OFF)


def _slot(pipeline: Story) -> Slot:
    keys = pipeline.keys
    return ("pipeline", pipeline.first.best.source, keys.repository.lower(), keys.application, keys.release)


def _workload(rollout: Story) -> Slot:
    service, subject = rollout.service, rollout.first.best.subject
    return ("rollout", service.cluster, service.namespace, service.name, subject.workload)


def _may_be_one(one: Story, other: Story) -> bool:
    """Whether two pipelines may be of one deploy: each application is synced for itself."""
    synced = [bool(each.keys.application or each.keys.release) for each in (one, other)]
    return not all(synced) or one.service.name == other.service.name


def _span(pipeline: Story) -> Span | None:
    """When the pipeline was under way; None if nobody knows when it started."""
    starts = pipeline.at(Step.STARTED) or pipeline.at(Step.APPROVED) or pipeline.at(Step.REQUESTED)
    if not starts:
        return None
    begun = min(one.best.earliest for one in starts)
    ends = [one.best.latest for step in (Step.COMPLETED, *BROKEN_OFF) for one in pipeline.at(step)]
    return begun - _BEFORE, max([*ends, begun]) if ends else begun + LONGEST_RUN


def _enclosing(pipelines: Sequence[Story], spans: Sequence[Span | None]) -> Callable[[Story, Story], int]:
    """How many deploys of its system and environment are under way when another part starts: 0, 1 or more."""
    under_way: dict[Slot, list[tuple[datetime, datetime, int]]] = {}
    for at, (pipeline, span) in enumerate(zip(pipelines, spans, strict=True)):
        if span and pipeline.manner != RUN:
            under_way.setdefault(_lane(pipeline), []).append((*span, at))
    found = {lane: Overlaps(ours) for lane, ours in under_way.items()}
    counts: dict[tuple[Slot, datetime], int] = {}

    def count(pipeline: Story, other: Story) -> int:
        key = lane, _ = _lane(pipeline), other.since
        if key not in counts:
            counts[key] = sum(1 for _ in islice(found[lane].at(other.since), 2)) if lane in found else 0
        return counts[key]

    return count


def _lane(pipeline: Story) -> Slot:
    return (pipeline.first.best.source, pipeline.service.name, pipeline.service.environment, pipeline.keys.application)
