"""The rows about the course of a deploy: its new pods, old pods and end, and no more than is known of them."""

from collections.abc import Sequence
from datetime import datetime

from collector.event import Kind, order
from collector.links import LinkKind
from collector.manner import Manner
from collector.merge import Occurrence
from collector.row import Row, Word
from collector.stories.story import Step, Story, StoryType
from collector.wording.ends import named_by
from collector.wording.new_pods import cannot_start, never_started, proven_ready
from collector.wording.numbers import clock
from collector.wording.overtaken import replaced_versions
from collector.wording.sentence import (
    APART,
    Words,
    detail,
    implied,
    in_brackets,
    joined,
    number,
    row,
    sentence,
    span,
    text,
    time,
)
from collector.wording.setting import Setting
from collector.wording.symptoms import ending
from collector.wording.titles import of_deploy
from collector.wording.tools import CI, applied_by, runs_what_it_deploys, tool


def pipelines(deploy: Story) -> tuple[Story, ...]:
    """Its pipelines."""
    return deploy.parts_of(StoryType.PIPELINE)


def rolled(deploy: Story) -> tuple[Story, ...]:
    """Its rollouts."""
    return deploy.parts_of(StoryType.ROLLOUT)


def ready_rows(deploy: Story, setting: Setting) -> list[Row]:
    """How many new pods are known to be ready, and by when; `at least` if not all of them were seen."""
    ready = sorted(deploy.at(Step.PODS_READY), key=lambda one: order(one.best))
    if not ready:
        return _ready_by_then(deploy, setting)
    wanted = _wanted(deploy)
    first, last = ready[0].best.at, ready[-1].best.at
    pods = sentence(text("New pods"), of_deploy(deploy, deploy.keys.version, setting))
    if len(ready) >= wanted:
        when: Words = ()
        if last - first >= APART and clock(first, setting.tz) != clock(last, setting.tz):
            when = detail((Word(", "), *span(first, last, setting.tz)))
        count: Words = (Word(" ("), *number(f"{len(ready)} of {wanted}"), *when, Word(")"))
    else:
        count = (Word(": at least "), *number(f"{len(ready)} of {wanted}"), Word(" ready by "), *time(last, setting.tz))
    words = (*pods, Word(" pass health checks"), *count)
    return [row(deploy, "pods ready", Kind.POD_READY, words, ready, at=last, exact=ready[-1])]


def _ready_by_then(deploy: Story, setting: Setting) -> list[Row]:
    """How many new pods must have been ready when the last old one was stopped, if the source proves it.

    Old pods alone prove nothing: a StatefulSet stops each pod before it creates the successor, and so does `Recreate`.
    """
    gone, parts = deploy.at(Step.PODS_TERMINATED), rolled(deploy)
    proven = [proven_ready(part) for part in parts]
    if not gone or not proven or not all(proven) or cannot_start(deploy, setting):
        return []
    wanted, last = _wanted(deploy), _last(gone)
    pods = sentence(text("New pods"), of_deploy(deploy, deploy.keys.version, setting))
    seen = number(f"{sum(proven)} of {wanted}")
    if sum(proven) < wanted:
        seen = (Word("at least "), *seen)
    words = (*pods, Word(" pass health checks: "), *seen, Word(" ready by "), *time(last.best.at, setting.tz))
    return [row(deploy, "pods ready", Kind.POD_READY, words, [*deploy.at(Step.STARTED), *gone], exact=last)]


def terminated_rows(deploy: Story, setting: Setting) -> list[Row]:
    """The termination of the old pods, and the completion of the rollout if it was seen."""
    gone = deploy.at(Step.PODS_TERMINATED)
    if not gone:
        return []
    if cannot_start(deploy, setting):
        # The end of a pod that had not started is no loss.
        never = never_started(deploy, setting)
        gone = tuple(one for one in gone if one.best.subject.pod not in never)
        if not gone:
            return []
        stopped = number(f"{len(gone)} old {'pod' if len(gone) == 1 else 'pods'}")
        words = sentence(stopped, implied(sentence(text("of"), setting.service(deploy.service))))
        words += (Word(" stopped, while no new one is known to be ready"),)
        return [row(deploy, "stopped", Kind.POD_TERMINATED, words, gone)]
    wanted = max(len(gone), _wanted(deploy))
    old = "" if deploy.keys.replaces == deploy.keys.version else deploy.keys.replaces
    pods = sentence(text("Old pods"), replaced_versions(deploy, gone, setting) or of_deploy(deploy, old, setting))
    seen = number(f"{len(gone)} of {wanted}")
    if len(gone) < wanted:
        seen = (Word("at least "), *seen)
    parts, at = [(*pods, Word(" terminated ("), *seen, Word(")"))], max(one.best.at for one in gone)
    done = deploy.complete_at
    if done:
        # A row that reports the completion is not earlier than it.
        at = max(at, done)
        parts.append(text("rollout complete"))
        if not deploy.at(Step.PODS_READY) and _wanted(deploy):
            parts.append(sentence(number(f"{_wanted(deploy)} of {_wanted(deploy)}"), text("new pods ready")))
    applied = applied_by(pipelines(deploy)) if not done else None
    if applied and not _paused_or_aborted_after(deploy, _last(applied.at(Step.COMPLETED)).best.at):
        when = _time_if_different(_last(applied.at(Step.COMPLETED)).best.at, at, setting)
        parts.append(sentence(text(f"complete according to {tool(applied)}"), when))
    ends, recovered = ended_with(deploy, setting, at) if done or not deploy.at(Step.ABORTED) else ([], [])
    ours = [*gone, *deploy.at(Step.COMPLETED), *_ends(deploy, Kind.RUN_SUCCEEDED), *recovered]
    words = joined(", ", [*parts, *ends])
    return [row(deploy, "complete", Kind.POD_TERMINATED, words, ours, at=at, exact=_last(gone))]


def _paused_or_aborted_after(deploy: Story, moment: datetime) -> bool:
    """Whether it was paused or aborted after that, so that no tool could know its end earlier."""
    return any(one.best.latest >= moment for step in (Step.PAUSED, Step.ABORTED) for one in deploy.at(step))


def completed_rows(deploy: Story, title: Words, setting: Setting) -> list[Row]:
    """The completion, according to the cluster or else to CI, with the symptoms that ended with it."""
    serving = deploy.complete_at if rolled(deploy) else None
    applied = applied_by(pipelines(deploy))
    if serving:
        at, according = serving, ""
    elif applied:
        at, according = max(one.best.at for one in applied.at(Step.COMPLETED)), _according(deploy, applied)
    else:
        return []
    wanted = _wanted(deploy) if not according else 0
    pods = in_brackets(sentence(number(f"{wanted} of {wanted}"), text("pods ready"))) if wanted else ()
    ends, recovered = ended_with(deploy, setting, at)
    words = joined(", ", [(*title, Word(f" complete{according}"), *pods), *ends])
    done = [
        *deploy.at(Step.COMPLETED),
        *_ends(deploy, Kind.RUN_SUCCEEDED),
        *deploy.at(Step.PODS_TERMINATED),
        *recovered,
    ]
    if deploy.rolls_back:
        done += deploy.at(Step.PODS_READY)
    done += named_by(deploy) if according else ()
    kind = Kind.ROLLBACK_COMPLETED if deploy.rolls_back else Kind.ROLLOUT_COMPLETED
    exact = min(deploy.at(Step.COMPLETED), key=lambda one: abs(one.best.at - at))
    return [row(deploy, "complete", kind, words, done, at=at, exact=exact)]


def _according(deploy: Story, applied: Story) -> str:
    """The words for the tool that reports it; empty for infrastructure, or if no other system could."""
    nobody_else = not rolled(deploy) and (tool(applied) == CI or runs_what_it_deploys(applied))
    if deploy.manner == Manner.INFRASTRUCTURE or nobody_else:
        return ""
    return f" according to {tool(applied)}"


def ended_with(deploy: Story, setting: Setting, at: datetime) -> tuple[list[Words], list[Occurrence]]:
    """The symptoms that end with the deploy, as words and Occurrences; with the time if it is not the row's (`at`)."""
    ended = setting.context.linked(deploy, LinkKind.ENDS_WITH, as_one=False)
    words = [
        sentence(ending(symptom), _time_if_different(symptom.over, at, setting) if symptom.over else ())
        for symptom in ended
    ]
    return words, [one for symptom in ended for one in symptom.at(Step.ENDED)]


def _time_if_different(moment: datetime, than: datetime, setting: Setting) -> Words:
    """`at 14:05`; empty in the minute of the row."""
    same = clock(moment, setting.tz) == clock(than, setting.tz)
    return () if same else sentence(text("at"), time(moment, setting.tz))


def _ends(deploy: Story, kind: Kind) -> list[Occurrence]:
    """The ends of its CI runs, apart from those of the deployments."""
    return [one for one in deploy.at(Step.ENDED) if one.kind == kind]


def _wanted(deploy: Story) -> int:
    """How many pods were wanted, as far as known; at least as many as became ready."""
    return sum(wanted(rollout) for rollout in rolled(deploy))


def wanted(rollout: Story) -> int:
    """How many pods were wanted for one workload."""
    ours = [*rollout.at(Step.STARTED), *rollout.at(Step.PODS_READY), *rollout.at(Step.COMPLETED)]
    sizes = (int(one.best.numbers.get(each, 0)) for one in ours for each in ("of", "replicas"))
    return max(len(rollout.at(Step.PODS_READY)), *sizes)


def _last(ours: Sequence[Occurrence]) -> Occurrence:
    return max(ours, key=lambda one: order(one.best))
