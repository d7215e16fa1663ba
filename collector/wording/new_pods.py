"""Whether the new pods of a deploy ever started, judging by their trouble."""

from collector.event import Kind
from collector.links import LinkKind
from collector.stories.story import Step, Story, StoryType
from collector.wording.setting import Setting

_NO_START = frozenset(
    {Kind.POD_IMAGE_FAILED, Kind.POD_START_FAILED, Kind.POD_NOT_READY, Kind.POD_UNSCHEDULABLE, Kind.POD_CRASH_LOOP}
)


def cannot_start(deploy: Story, setting: Setting) -> bool:
    """Whether new pods are known not to start and none was ever ready, so that old pods do not stop because of it."""
    if deploy.at(Step.PODS_READY) or deploy.complete_at:
        return False
    linked = setting.context.linked(deploy, LinkKind.PODS_OF, as_one=False)
    troubles = [trouble for trouble in linked if trouble.manner in _NO_START]
    if any(map(proven_ready, deploy.parts_of(StoryType.ROLLOUT))):
        # Trouble that began after the old pods had gone did not keep new ones from being ready before.
        gone = max((one.best.latest for one in deploy.at(Step.PODS_TERMINATED)), default=None)
        troubles = [trouble for trouble in troubles if gone is None or trouble.since <= gone]
    return bool(deploy.at(Step.STUCK) or troubles)


def proven_ready(rollout: Story) -> int:
    """How many of its pods must have been ready, because its controller went on."""
    return max((int(one.best.numbers.get("at_least", 0)) for one in rollout.at(Step.STARTED)), default=0)


def never_started(deploy: Story, setting: Setting) -> set[str]:
    """The pods of its service that could not start."""
    failed = [
        story
        for story in setting.context.stories.values()
        if story.service == deploy.service and story.manner in _NO_START
    ]
    return {one.best.subject.pod for story in failed for one in story.occurrences()}
