"""The name of a rollout, from the two versions of the pod template between which it changes."""

from collector.event import Subject
from sources.cluster.facts.rollouts import RolloutName
from sources.cluster.inventory import ReplicaSet
from sources.cluster.replication_controllers import ReplicationController
from sources.cluster.revisions import Revision
from sources.cluster.template_changes import TemplateChange, compare

Template = ReplicaSet | Revision | ReplicationController
"""An object that holds one version of a pod template."""


def rollout_name(
    subject: Subject,
    template: str,
    new: Template | None,
    old: Template | None,
    *,
    rollback: bool,
) -> RolloutName:
    """The name of a rollout that replaces `old` by `new`, each None if it is not known; see RolloutName."""
    return RolloutName(
        subject=subject,
        template=template,
        version=new.runs.version if new else "",
        replaces=old.runs.version if old else "",
        rollback=rollback,
        change=template_change(old, new),
    )


def template_change(old: Template | None, new: Template | None) -> TemplateChange | None:
    """How one version of a pod template differs from another; None if that is not known."""
    if old is None or new is None:
        return None
    return compare(old.template, new.template, new.runs.container, (old.runs.digest, new.runs.digest))
