"""What the rules of significance ask about a deploy."""

from datetime import timedelta

from collector.context import Context
from collector.event import Kind
from collector.links import LinkKind
from collector.manner import Manner
from collector.stories.story import Step, Story, StoryType

_JUST_BEFORE = timedelta(minutes=3)
"""What needs a database fails within this after the database's leader went away."""
_SAMPLED = timedelta(minutes=1)
"""As samples are seen, what fails may seem to have begun so long before."""
_GONE = frozenset(
    {Kind.POD_TERMINATED, Kind.POD_EVICTED, Kind.POD_UNREADY, Kind.POD_CRASHED, Kind.POD_KILLED, Kind.POD_OOM_KILLED}
)


def undone(story: Story, context: Context) -> bool:
    """Whether it is a deploy that was rolled back in the window."""
    undoing = context.linked(story, LinkKind.ROLLS_BACK, as_one=False)
    return story.type == StoryType.DEPLOY and any(context.visible(one) for one in undoing)


def put_back(story: Story, _: Context) -> bool:
    """Whether a tool synced again what was declared already, and no pod was replaced for it."""
    return story.type == StoryType.DEPLOY and story.manner == Manner.RECONCILE


def refused(story: Story, _: Context) -> bool:
    """Whether somebody, or a policy, did not let it go on."""
    return story.type == StoryType.DEPLOY and bool(story.at(Step.REFUSED))


def not_started(story: Story, _: Context) -> bool:
    """Whether it was only asked for."""
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
