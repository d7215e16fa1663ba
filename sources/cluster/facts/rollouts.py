"""Facts about rollouts: started, completed, stuck, paused, resumed or aborted."""

from msgspec import Struct

from collector.event import Kind, Subject
from collector.people import spoken
from sources.cluster.rollout_states import RolloutState
from sources.cluster.template_changes import ChangeType, TemplateChange
from sources.fact import Fact


class RolloutName(Struct, frozen=True, kw_only=True):
    """The name and identity of a rollout, whichever evidence shows it. Unknown texts are empty."""

    subject: Subject
    template: str
    """Kind and name of what is rolled out: `ReplicaSet/web-1`, `ControllerRevision/db-2`.

    If that has no known name, kind and name of the workload. If empty, Events about the rollout merge with no others.
    """
    version: str = ""
    replaces: str = ""
    """The version that ran before."""
    rollback: bool = False
    change: TemplateChange | None = None
    """How the pod template differs from the one before; None if they cannot be compared."""
    same_images: bool = False
    """Whether nothing is known of the two templates except that their images are the same."""

    @property
    def words(self) -> str:
        """`Rollout of checkout 1.5.0, replacing 1.4.9`, `Restart of checkout 1.5.0`."""
        name = self.subject.workload.partition("/")[2]
        if self.reason == ChangeType.RESTART:
            return _spaced("Restart of", name, self.version)
        to = "to" if self.rollback and self.version else ""
        replaced = f", replacing {self.replaces}" if self.replaces and self.replaces != self.version else ""
        details = self.details or ("same images" if self.same_images and not self.rollback else "")
        what = _spaced("Rollback of" if self.rollback else "Rollout of", name, to, self.version)
        return what + replaced + (f" ({details})" if details else "")

    @property
    def reason(self) -> str:
        """The type of change, as an Event's `reason`: `Restart`, `ImageChanged`; empty if it is not known."""
        restart = self.change is not None and self.change.type == ChangeType.RESTART
        return "" if self.change is None or (restart and self.rollback) else self.change.type.value

    @property
    def details(self) -> str:
        """What changed apart from the version, as an Event's `description`."""
        return self.change.words if self.change else ""


def rollout_started(rollout: RolloutName, *, by: str = "", shown_by: str = "") -> Fact:
    """A workload wants another version of its pod template. `by` is who changed it, `shown_by` evidence in words."""
    kind = Kind.ROLLBACK_STARTED if rollout.rollback else Kind.ROLLOUT_STARTED
    return _fact(kind, rollout, "started", by=by, shown_by=shown_by)


def rollout_completed(rollout: RolloutName) -> Fact:
    """All pods have the new version and are available, and no old pods are left."""
    kind = Kind.ROLLBACK_COMPLETED if rollout.rollback else Kind.ROLLOUT_COMPLETED
    return _fact(kind, rollout, "completed")


def rollout_stuck(rollout: RolloutName) -> Fact:
    """There was no progress for longer than the progress deadline."""
    return _fact(Kind.ROLLOUT_STUCK, rollout, "makes no progress")


def rollout_paused(subject: Subject, rollout: RolloutName | None = None, *, by: str = "", shown_by: str = "") -> Fact:
    """A workload was paused; `rollout` is the one under way, None if there is none or it is not known."""
    return _hold(Kind.ROLLOUT_PAUSED, "paused", subject, rollout, by=by, shown_by=shown_by)


def rollout_resumed(
    subject: Subject, rollout: RolloutName | None = None, *, done: str = "resumed", by: str = "", shown_by: str = ""
) -> Fact:
    """A workload continues after a pause; `done` is what somebody did to continue it: `promoted`."""
    return _hold(Kind.ROLLOUT_RESUMED, "resumed", subject, rollout, done=done, by=by, shown_by=shown_by)


def rollout_aborted(subject: Subject, rollout: RolloutName | None = None, *, by: str = "", shown_by: str = "") -> Fact:
    """A rollout was given up: the version before gets its pods back."""
    return _hold(Kind.ROLLOUT_ABORTED, "aborted", subject, rollout, by=by, shown_by=shown_by)


INTERRUPTIONS = {
    RolloutState.PAUSED: rollout_paused,
    RolloutState.RESUMED: rollout_resumed,
    RolloutState.ABORTED: rollout_aborted,
}
"""The facts about a rollout in progress that a status reports."""


def _fact(kind: Kind, rollout: RolloutName, word: str, *, by: str = "", shown_by: str = "") -> Fact:
    subject = rollout.subject
    merge_key = f"{subject.cluster}/{subject.namespace}/{rollout.template}/{word}" if rollout.template else ""
    return Fact(kind, subject, _explained(f"{rollout.words} {word}", by, shown_by), merge_key)


def _hold(
    kind: Kind,
    word: str,
    subject: Subject,
    rollout: RolloutName | None,
    *,
    done: str = "",
    by: str = "",
    shown_by: str = "",
) -> Fact:
    """A fact of the workload, not of one rollout: several rollouts of a workload may be held up one after another."""
    what = rollout.words if rollout else subject.workload.replace("/", " ")
    merge_key = f"{subject.cluster}/{subject.namespace}/{subject.workload}/{word}"
    return Fact(kind, subject, _explained(f"{what} {done or word}", by, shown_by), merge_key)


def _explained(words: str, by: str, shown_by: str) -> str:
    return words + (f" by {spoken(by)}" if by else "") + (f": {shown_by}" if shown_by else "")


def _spaced(*parts: str) -> str:
    return " ".join(part for part in parts if part)
