"""The conditions of significance rules that concern deploys."""

from datetime import timedelta

from collector.context import Context
from collector.event import Kind
from collector.links import LinkKind
from collector.manner import Manner
from collector.stories.story import Step, Story, StoryType

_JUST_BEFORE = timedelta(minutes=3)
"""Services that need a database fail within this time after its leader went away."""
_SAMPLED = timedelta(minutes=1)
"""Because of sampling, a failure may seem to begin this much too early."""
_GONE = frozenset(
    {Kind.POD_TERMINATED, Kind.POD_EVICTED, Kind.POD_UNREADY, Kind.POD_CRASHED, Kind.POD_KILLED, Kind.POD_OOM_KILLED}
)


def undone(story: Story, context: Context) -> bool:
    """Whether it is a deploy that was rolled back in the window."""
    undoing = context.linked(story, LinkKind.ROLLS_BACK, as_one=False)
    return story.type == StoryType.DEPLOY and any(context.visible(one) for one in undoing)


def put_back(story: Story, _: Context) -> bool:
    """Whether a tool only synced again what was already declared, without replacing a pod."""
    return story.type == StoryType.DEPLOY and story.manner == Manner.RECONCILE


def refused(story: Story, _: Context) -> bool:
    """Whether a person or a policy refused it."""
    return story.type == StoryType.DEPLOY and bool(story.at(Step.REFUSED))


def not_started(story: Story, _: Context) -> bool:
    """Whether it was only requested."""
    return story.type == StoryType.DEPLOY and not story.at(Step.STARTED)


def under_what_fails(story: Story, context: Context) -> bool:
    """Whether it is a change of infrastructure before the first effect or one that followed it, or a pod of a
    StatefulSet, as databases and queues are, went away just before that.
    """
    first = story.first.best
    if story.type in (StoryType.REPLACED, StoryType.PODS) and context.began is not None:
        stateful = first.subject.workload.startswith("StatefulSet/") and bool(story.at(Step.STARTED))
        near = first.earliest - _SAMPLED <= context.began <= first.latest + _JUST_BEFORE
        return stateful and near and first.kind in _GONE
    return story.id in context.infrastructure
