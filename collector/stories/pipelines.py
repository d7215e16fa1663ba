"""Pipelines: what one run of CI did to deploy to one environment."""

from collections.abc import Iterable, Sequence

from collector.event import Kind
from collector.merge import Occurrence
from collector.services.resolve import Directory
from collector.stories.story import Step, Story, StoryType, known

_RUN_KINDS = frozenset({Kind.RUN_STARTED, Kind.RUN_SUCCEEDED, Kind.RUN_FAILED})
_STEPS = {
    Kind.DEPLOY_REQUESTED: Step.REQUESTED,
    Kind.DEPLOY_WAITING: Step.WAITING,
    Kind.DEPLOY_APPROVED: Step.APPROVED,
    Kind.DEPLOY_STARTED: Step.STARTED,
    Kind.DEPLOY_SUCCEEDED: Step.COMPLETED,
    Kind.DEPLOY_FAILED: Step.FAILED,
    Kind.RUN_STARTED: Step.STARTED,
    Kind.RUN_SUCCEEDED: Step.COMPLETED,
    Kind.RUN_FAILED: Step.FAILED,
}
DEPLOY_KINDS = frozenset(_STEPS) - _RUN_KINDS
KINDS = frozenset(_STEPS)
"""What pipelines are made of."""


def pipelines(occurrences: Iterable[Occurrence], directory: Directory) -> list[Story]:
    """Every run of CI, by the environment that it deploys to; `manner` is `deploy` where CI has a record of that."""
    runs: dict[tuple[str, str], list[Occurrence]] = {}
    deploys: dict[tuple[str, str, str, str], list[Occurrence]] = {}
    for one in occurrences:
        best = one.best
        if one.kind in _RUN_KINDS:
            runs.setdefault((best.source, best.keys.run or best.native_id), []).append(one)
        elif one.kind in DEPLOY_KINDS:
            own = best.keys.run or f"deployment {best.keys.deployment or best.native_id}"
            deploys.setdefault((best.source, own, best.subject.environment, best.keys.component), []).append(one)
    with_record = {(source, run) for source, run, *_ in deploys}
    found = [
        _pipeline([*runs.get((source, run), ()), *ours], directory, "deploy")
        for (source, run, *_), ours in deploys.items()
    ]
    return found + [_pipeline(ours, directory, "run") for run, ours in runs.items() if run not in with_record]


def _pipeline(ours: Sequence[Occurrence], directory: Directory, manner: str) -> Story:
    deploys = [one for one in ours if one.kind in DEPLOY_KINDS]
    seen: dict[Step, list[Occurrence]] = {}
    for one in deploys or ours:
        seen.setdefault(_STEPS[one.kind], []).append(one)
    steps = {step: tuple(those) for step, those in seen.items()}
    if deploys:
        _add_runs(steps, [one for one in ours if one.kind in _RUN_KINDS], deploys)
    keys = known([*deploys, *ours])
    service = directory.resolve((deploys or ours)[0].best.subject).service
    return Story(StoryType.PIPELINE, service, keys.version or keys.commit[:7] or keys.run, steps, (), manner, keys=keys)


def _add_runs(
    steps: dict[Step, tuple[Occurrence, ...]], runs: Sequence[Occurrence], deploys: Sequence[Occurrence]
) -> None:
    """The run stands beside its deployment: it is complete when the last of them is."""
    succeeded = [one for one in runs if one.kind == Kind.RUN_SUCCEEDED]
    failed_at = max((one.best.at for one in steps.get(Step.FAILED, ())), default=None)
    again = tuple(one for one in succeeded if failed_at is not None and one.best.at > failed_at)
    if not _all_done(steps):
        # One of several jobs is done, or a failed one was run again without a record of its own.
        done = succeeded if Step.FAILED not in steps else again
        steps[Step.COMPLETED] = tuple(done)
    if Step.STARTED in steps:
        started = [one for one in runs if one.kind == Kind.RUN_STARTED]
        steps[Step.STARTED] += tuple(started)
    if not steps.get(Step.FAILED) and not deploys_ended(deploys):
        steps[Step.FAILED] = tuple(one for one in runs if one.kind == Kind.RUN_FAILED)
    shown = {id(one) for ours in steps.values() for one in ours}
    steps[Step.ENDED] = tuple(one for one in runs if one.kind != Kind.RUN_STARTED and id(one) not in shown)


def deploys_ended(deploys: Sequence[Occurrence]) -> bool:
    """Whether CI's own record of the deployment has an end."""
    return any(one.kind in (Kind.DEPLOY_SUCCEEDED, Kind.DEPLOY_FAILED) for one in deploys)


def _all_done(steps: dict[Step, tuple[Occurrence, ...]]) -> bool:
    """Whether every deployment succeeded, or failed and was followed by another one."""
    done = {one.best.keys.deployment for one in steps.get(Step.COMPLETED, ())}
    failed = {one.best.keys.deployment: one.best.at for one in steps.get(Step.FAILED, ())}
    begun = {one.best.keys.deployment: one.best.at for one in steps.get(Step.STARTED, ())}
    last = max(begun.values(), default=None)
    return bool(done) and all(
        name in done or (name in failed and last is not None and last >= failed[name]) for name in begun
    )
