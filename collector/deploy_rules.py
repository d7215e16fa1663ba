"""What the rules of significance ask about a deploy."""

from collector.context import Context
from collector.links import LinkKind
from collector.manner import Manner
from collector.stories.story import Step, Story, StoryType


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
    """Whether it is a change of infrastructure in the window that had begun when the first effect did."""
    infrastructure = story.type == StoryType.DEPLOY and story.manner == Manner.INFRASTRUCTURE
    return infrastructure and context.began is not None and story.first.best.earliest <= context.began
