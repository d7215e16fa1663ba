"""Facts about the analyses of a rollout: they are no steps of it, but the reasons of those."""

from collector.event import Kind, Subject
from sources.cluster.facts.rollouts import RolloutName
from sources.fact import Fact


def analysis_started(subject: Subject, rollout: RolloutName | None, name: str, step: str) -> Fact:
    """What a new version does is measured from here on; `step` is which step of the canary does so, in words."""
    return _fact(subject, rollout, name, f"starts{step}")


def analysis_ended(subject: Subject, rollout: RolloutName | None, name: str, phase: str, findings: str) -> Fact:
    """How it was judged: `Successful`, `Failed`, `Error`, `Inconclusive`; with what was measured."""
    return _fact(subject, rollout, name, f"is {phase}" + (f": {findings}" if findings else ""))


def _fact(subject: Subject, rollout: RolloutName | None, name: str, how: str) -> Fact:
    of = f" for the {rollout.words[:1].lower()}{rollout.words[1:]}" if rollout else ""
    return Fact(
        Kind.OTHER, subject, f"Analysis {name}{of} {how}", f"{subject.cluster}/{subject.namespace}/{name}/{how}"
    )
