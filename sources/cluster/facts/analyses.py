"""Facts about the analyses of a rollout: they are not steps of the rollout, but the reasons for its steps."""

from collector.event import Kind, Subject
from sources.cluster.facts.rollouts import RolloutName
from sources.fact import Fact


def analysis_started(subject: Subject, rollout: RolloutName | None, name: str, step: str) -> Fact:
    """An analysis starts to measure the new version; `step` names the step of the canary that does so, in words."""
    return _fact(subject, rollout, name, f"starts{step}")


def analysis_ended(subject: Subject, rollout: RolloutName | None, name: str, phase: str, findings: str) -> Fact:
    """The verdict of an analysis: `Successful`, `Failed`, `Error`, `Inconclusive`; with its measurements."""
    return _fact(subject, rollout, name, f"is {phase}" + (f": {findings}" if findings else ""))


def _fact(subject: Subject, rollout: RolloutName | None, name: str, how: str) -> Fact:
    of = f" for the {rollout.words[:1].lower()}{rollout.words[1:]}" if rollout else ""
    return Fact(
        Kind.OTHER, subject, f"Analysis {name}{of} {how}", f"{subject.cluster}/{subject.namespace}/{name}/{how}"
    )
