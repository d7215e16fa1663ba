"""Assigns CI runs, syncs and rollouts to deploys, the strongest evidence first.

A deploy has one run of each system, or one sync of each application, and one rollout of each workload. So two runs that
deploy one after the other stay two deploys, however similar they are.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from msgspec import Struct, field

from collector.spans import Overlaps
from collector.stories.candidates import AFTER, Span, index_of, near
from collector.stories.pipelines import BROKEN_OFF, RUN, is_automatic
from collector.stories.story import Step, Story
from collector.stories.strength import JUST_AFTER, ONE_OF_SEVERAL, ONLY_ONE, Evidence, evidence

_BEFORE = timedelta(minutes=1)
"""How long before its pipeline's reported start, or after its reported failure, a rollout may start."""
LONGEST_RUN = timedelta(hours=6)
"""Longest assumed duration of a CI run without a recorded end. GitHub ends jobs after 6 hours."""
_CLEAR = 30
"""Minimum strength of a link without a record of a deployment."""
_LEAST = 10
_SECOND = 20
"""Minimum strength for a second pipeline of a rollout, from another system."""

Slot = tuple[str, ...]


class Group(Struct):
    """The parts of one deploy, as indexes into the lists that `join` gets."""

    pipelines: list[int] = field(default_factory=list)
    rollouts: list[int] = field(default_factory=list)
    why: dict[tuple[str, int], Evidence] = field(default_factory=dict)
    """The evidence for each part, by sort and index; none for the first part."""
    slots: set[Slot] = field(default_factory=set)


class _Offer(Struct, frozen=True, order=True):
    weakness: int
    apart: timedelta
    pipeline: int
    sort: str
    other: int
    """Index of a rollout or a pipeline, depending on `sort`."""
    evidence: Evidence


def join(pipelines: Sequence[Story], rollouts: Sequence[Story]) -> list[Group]:
    """Put every pipeline and every rollout into one group, with others only if there is evidence."""
    names = frozenset(rollout.service.name for rollout in rollouts)
    spans = [_span(pipeline) for pipeline in pipelines]
    index, enclosing = index_of(pipelines, spans, names), _enclosing(pipelines, spans)
    offers: list[_Offer] = []
    for number, rollout in enumerate(rollouts):
        for at in near(rollout, index):
            # Of some deploys only the end is known, and that they started some time before it.
            if pipelines[at].first.best.earliest <= rollout.first.best.latest + _BEFORE:
                offers += _offer(at, "rollout", number, pipelines[at], rollout, names, spans[at], enclosing)
    slots, unwished = [_slot(pipeline) for pipeline in pipelines], [is_automatic(pipeline) for pipeline in pipelines]
    for number, later in enumerate(pipelines) if len(set(slots)) > 1 else ():
        # A version alone is not enough for two pipelines of different services.
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
        # If the rollout already has a pipeline, the evidence is for this pipeline and not for the rollout again.
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
        # A failed pipeline changes nothing any more: somebody started the rollout later, by hand or otherwise.
        return
    near = began <= span[1] + AFTER
    worth = JUST_AFTER if near else 0
    if began <= span[1]:
        worth = ONLY_ONE if enclosing(pipeline, other) == 1 else ONE_OF_SEVERAL
    found = evidence(pipeline, other, names, while_it_ran=worth)
    # Long after the end of the pipeline, the evidence must be as strong as a commit.
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
    """Whether two pipelines may be of one deploy; syncs of different services are not."""
    synced = [bool(each.keys.application or each.keys.release) for each in (one, other)]
    return not all(synced) or one.service.name == other.service.name


def _span(pipeline: Story) -> Span | None:
    """When the pipeline was under way; None if its start is unknown."""
    starts = pipeline.at(Step.STARTED) or pipeline.at(Step.APPROVED) or pipeline.at(Step.REQUESTED)
    if not starts:
        return None
    begun = min(one.best.earliest for one in starts)
    ends = [one.best.latest for step in (Step.COMPLETED, *BROKEN_OFF) for one in pipeline.at(step)]
    return begun - _BEFORE, max([*ends, begun]) if ends else begun + LONGEST_RUN


def _enclosing(pipelines: Sequence[Story], spans: Sequence[Span | None]) -> Callable[[Story, Story], int]:
    """A function that counts deploys in the lane of a pipeline when another part starts: 0, 1, or 2 for more."""
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
