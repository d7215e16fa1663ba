"""Whether the new pods of a deploy ever started, as far as their trouble shows it."""

from collector.event import Kind
from collector.links import LinkKind
from collector.stories.story import Step, Story
from collector.wording.setting import Setting

_NO_START = frozenset(
    {Kind.POD_IMAGE_FAILED, Kind.POD_START_FAILED, Kind.POD_NOT_READY, Kind.POD_UNSCHEDULABLE, Kind.POD_CRASH_LOOP}
)


def cannot_start(deploy: Story, setting: Setting) -> bool:
    """Whether its new pods are known not to start, and none was ever ready: then old ones do not stop because of it."""
    if deploy.at(Step.PODS_READY) or deploy.complete_at:
        return False
    troubles = setting.context.linked(deploy, LinkKind.PODS_OF, as_one=False)
    return bool(deploy.at(Step.STUCK)) or any(trouble.manner in _NO_START for trouble in troubles)


def never_started(deploy: Story, setting: Setting) -> set[str]:
    """The pods of its service that could not start."""
    failed = [
        story
        for story in setting.context.stories.values()
        if story.service == deploy.service and story.manner in _NO_START
    ]
    return {one.best.subject.pod for story in failed for one in story.occurrences()}
