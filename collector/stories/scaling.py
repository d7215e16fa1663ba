"""Scaling: changes of a workload's number of pods, and its deletion."""

from collections.abc import Iterable, Sequence

from collector.event import Kind
from collector.merge import Occurrence
from collector.services.resolve import Directory
from collector.stories.rollouts import STARTS, workload
from collector.stories.story import Step, Story, StoryType

KINDS = frozenset({*STARTS, Kind.SCALED, Kind.WORKLOAD_DELETED})
"""The kinds about sizes, and starts of rollouts, which may only restore pods that were scaled to zero."""
_SEVERAL = 3
"""Adding fewer pods than this is everyday work of an autoscaler."""
_AUTOSCALER = ("autoscaler", "HorizontalPodAutoscaler", "horizontal-pod-autoscaler", "keda")


def back_from_zero(occurrences: Iterable[Occurrence]) -> list[Occurrence]:
    """Starts of seeming rollouts that only give a workload its pods back after it was scaled to zero.

    The ReplicaSet is the one that was scaled to 0, and no other was rolled out in between.
    """
    emptied: dict[tuple[str, ...], str] = {}
    found = []
    for one in occurrences:
        own_set = one.best.keys.replica_set
        if one.kind == Kind.SCALED and one.best.numbers.get("replicas") == 0 and own_set:
            emptied[workload(one)] = own_set
        elif one.kind in STARTS and own_set and emptied.pop(workload(one), None) == own_set:
            found.append(one)
    return found


def scalings(occurrences: Iterable[Occurrence], back: Sequence[Occurrence], directory: Directory) -> list[Story]:
    """The size changes of each workload: one story for all by an autoscaler, and one for each by somebody else.

    `manner` is `autoscaler`, `zero` (to no pods), `back` (from none) or empty.
    """
    returns = {id(one) for one in back}
    groups: dict[tuple[object, ...], list[Occurrence]] = {}
    found: list[Story] = []
    for one in occurrences:
        if one.kind == Kind.WORKLOAD_DELETED:
            found.append(_story(StoryType.DELETION, [one], "deleted", directory))
        elif one.kind != Kind.SCALED and id(one) not in returns:
            continue
        elif _by_autoscaler(one) and one.best.numbers.get("replicas") != 0:
            groups.setdefault(workload(one), []).append(one)
        else:
            size = one.best.numbers.get("replicas")
            manner = "back" if id(one) in returns else "zero" if size == 0 else ""
            found.append(_story(StoryType.SCALING, [one], manner, directory))
    return found + [_story(StoryType.SCALING, ours, "autoscaler", directory) for ours in groups.values()]


def _by_autoscaler(one: Occurrence) -> bool:
    words = f"{one.best.actor} {one.best.summary} {one.best.description}"
    return any(name in words for name in _AUTOSCALER)


def _story(type_: StoryType, ours: Sequence[Occurrence], manner: str, directory: Directory) -> Story:
    subject = ours[0].best.subject
    about = subject.workload.partition("/")[2] or subject.service
    service = directory.resolve(subject).service
    return Story(type_, service, about, {Step.STARTED: tuple(ours)}, (), manner, keys=ours[0].best.keys)


def storm(story: Story) -> bool:
    """Whether it is scaled again and again, or to a multiple of its size."""
    least, most = _sizes(story)
    return len(story.at(Step.STARTED)) >= 5 or (least > 0 and most >= 3 * least)


def resized(story: Story) -> bool:
    """Whether its largest size is twice the least, or half as large again and _SEVERAL pods more."""
    least, most = _sizes(story)
    return least > 0 and (most >= 2 * least or (most >= 1.5 * least and most - least >= _SEVERAL))


def _sizes(story: Story) -> tuple[float, float]:
    """Its least and its largest size; 0 if they are not known."""
    sizes = [one.best.numbers.get("replicas", 0) for one in story.at(Step.STARTED)]
    before = [one.best.numbers["was"] for one in story.at(Step.STARTED) if one.best.numbers.get("was")]
    return min([*before, *sizes], default=0), max([*before, *sizes], default=0)
