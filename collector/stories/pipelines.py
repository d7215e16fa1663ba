"""Pipelines: deploys to one environment by one CI run or one sync of a GitOps tool."""

from collections.abc import Iterable, Sequence

from collector.event import Identity, Kind
from collector.manner import Manner
from collector.merge import Occurrence
from collector.services.resolve import Directory
from collector.stories.attempts import ENDS, RUN_KINDS, Run, attempts, run_of
from collector.stories.story import Step, Story, StoryType, known

_STEPS = {
    Kind.DEPLOY_REQUESTED: Step.REQUESTED,
    Kind.DEPLOY_WAITING: Step.WAITING,
    Kind.DEPLOY_APPROVED: Step.APPROVED,
    Kind.DEPLOY_STARTED: Step.STARTED,
    Kind.DEPLOY_SUCCEEDED: Step.COMPLETED,
    Kind.DEPLOY_FAILED: Step.FAILED,
    Kind.DEPLOY_CANCELLED: Step.CANCELLED,
    Kind.DEPLOY_SUPERSEDED: Step.SUPERSEDED,
    Kind.DEPLOY_REFUSED: Step.REFUSED,
    Kind.RUN_STARTED: Step.STARTED,
    Kind.RUN_SUCCEEDED: Step.COMPLETED,
    Kind.RUN_FAILED: Step.FAILED,
}
DEPLOY_KINDS = frozenset(_STEPS) - RUN_KINDS
KINDS = frozenset(_STEPS)
"""The kinds of Occurrences in pipelines."""
BROKEN_OFF = (Step.FAILED, Step.CANCELLED, Step.SUPERSEDED, Step.REFUSED)
"""The steps that end a deploy without success."""
DEPLOY = "deploy"
"""The manner of a pipeline that has a record of a deploy in its system."""
RUN = "run"
"""The manner of a CI run without a record of a deploy."""


def pipelines(occurrences: Iterable[Occurrence], directory: Directory) -> list[Story]:
    """Every CI run and every sync, a story for each target; `manner` is DEPLOY or RUN."""
    runs: dict[Run, list[Occurrence]] = {}
    deploys: list[Occurrence] = []
    for one in occurrences:
        if one.kind in RUN_KINDS:
            runs.setdefault(run_of(one), []).append(one)
        elif one.kind in DEPLOY_KINDS:
            deploys.append(one)
    with_record = {run_of(one) for one in deploys}
    found = [_pipeline(ours, run, directory, DEPLOY) for ours, run in attempts(deploys, runs)]
    return found + [_pipeline([], ours, directory, RUN) for run, ours in runs.items() if run not in with_record]


def succeeded(pipeline: Story) -> bool:
    """Whether its version may have run: it was complete, or no step ended it without success."""
    return bool(pipeline.at(Step.COMPLETED)) or not any(pipeline.at(step) for step in BROKEN_OFF)


def stated(story: Story) -> frozenset[Manner]:
    """The manners of the deploy according to the systems that did it, or that have its commit."""
    manners = {one.best.manner for one in story.occurrences()} - {Manner.PLAIN}
    return frozenset(manners | {Manner.REVERT} if story.reverts else manners)


def short_version(keys: Identity) -> str:
    """The shortest known name of the deployed version."""
    return keys.version or keys.commit[:7] or keys.chart or keys.config_commit[:7]


def _pipeline(deploys: Sequence[Occurrence], run: Sequence[Occurrence], directory: Directory, manner: str) -> Story:
    seen: dict[Step, list[Occurrence]] = {}
    for one in deploys or run:
        seen.setdefault(_STEPS[one.kind], []).append(one)
    steps = {step: tuple(those) for step, those in seen.items()}
    if deploys:
        _add_runs(steps, run, deploys)
    keys = known([*deploys, *run])
    service = directory.resolve((deploys or run)[0].best.subject).service
    return Story(StoryType.PIPELINE, service, short_version(keys) or keys.run, steps, (), manner, keys=keys)


def _add_runs(
    steps: dict[Step, tuple[Occurrence, ...]], runs: Sequence[Occurrence], deploys: Sequence[Occurrence]
) -> None:
    """Add the run to the steps of its deployments: the pipeline is complete when the last of them is."""
    done_runs = [one for one in runs if one.kind == Kind.RUN_SUCCEEDED]
    failed_at = max((one.best.at for one in steps.get(Step.FAILED, ())), default=None)
    again = tuple(one for one in done_runs if failed_at is not None and one.best.at > failed_at)
    given_up = any(steps.get(step) for step in BROKEN_OFF if step != Step.FAILED)
    if not _all_done(steps):
        # One of several jobs is done, or a failed one was run again without a record of its own.
        done = () if given_up else done_runs if Step.FAILED not in steps else again
        steps[Step.COMPLETED] = tuple(done)
    if Step.STARTED in steps:
        started = [one for one in runs if one.kind == Kind.RUN_STARTED]
        steps[Step.STARTED] += tuple(started)
    if not any(one.kind in ENDS for one in deploys):
        steps[Step.FAILED] = tuple(one for one in runs if one.kind == Kind.RUN_FAILED)
    shown = {id(one) for ours in steps.values() for one in ours}
    steps[Step.ENDED] = tuple(one for one in runs if one.kind != Kind.RUN_STARTED and id(one) not in shown)


def _all_done(steps: dict[Step, tuple[Occurrence, ...]]) -> bool:
    """Whether every deployment succeeded, or failed and was followed by another one."""
    done = {_record(one) for one in steps.get(Step.COMPLETED, ())}
    failed = {_record(one): one.best.at for step in BROKEN_OFF for one in steps.get(step, ())}
    begun = {_record(one): one.best.at for one in steps.get(Step.STARTED, ())}
    last = max(begun.values(), default=None)
    return bool(done) and all(
        name in done or (name in failed and last is not None and last >= failed[name]) for name in begun
    )


def _record(one: Occurrence) -> str:
    return one.best.keys.deployment or one.best.merge_key


def is_automatic(pipeline: Story) -> bool:
    """Whether a tool did it by itself, without a request by a person or a CI run."""
    return bool(stated(pipeline) & {Manner.AUTOMATIC_ROLLBACK, Manner.RECONCILE})
