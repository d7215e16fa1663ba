"""Builds deploys, rollbacks and restarts from the pipelines and rollouts that each consists of."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from msgspec.structs import replace

from collector.event import Identity, Kind
from collector.merge import Occurrence, filled
from collector.services.resolve import Directory
from collector.services.service import Service, without_environment
from collector.stories.history import History
from collector.stories.identity import ids, same_version
from collector.stories.joining import join
from collector.stories.manners import manner_of
from collector.stories.pipelines import RUN, pipelines, short_version
from collector.stories.returns import with_returns
from collector.stories.rollouts import Rollout, rollouts
from collector.stories.story import SOON, Step, Story, StoryType
from collector.stories.strength import Evidence

MARK = timedelta(minutes=10)
"""Largest distance of a mark on a dashboard from the start or end of its deploy."""


def deploys(occurrences: Sequence[Occurrence], directory: Directory, history: History) -> list[Story]:
    """All deploys in order of start, without CI runs that deployed nothing."""
    built = rollouts(occurrences)
    rolled = [_rollout(rollout, directory) for rollout in built]
    runs = with_returns(pipelines(occurrences, directory), history)
    found, alone = [], []
    for group in join(runs, rolled):
        if not group.pipelines:
            alone += group.rollouts
            continue
        ours = sorted(group.pipelines, key=lambda number: (runs[number].since, number))
        if group.rollouts or any(runs[number].manner != RUN for number in ours):
            whole = [_part(runs[number], group.why.get(("pipeline", number))) for number in ours]
            parts = [_part(rolled[number], group.why.get(("rollout", number))) for number in sorted(group.rollouts)]
            found.append(_deploy(whole, parts))
    found += [_deploy((), together) for together in _alone([rolled[number] for number in sorted(alone)])]
    return sorted(found, key=lambda deploy: (deploy.since, deploy.service, deploy.about))


def _part(part: Story, why: Evidence | None) -> Story:
    return part if why is None else replace(part, reasons=why.reasons, strength=why.strength)


def _rollout(rollout: Rollout, directory: Directory) -> Story:
    steps: dict[Step, tuple[Occurrence, ...]] = {
        Step.STARTED: (rollout.started,),
        Step.PODS_READY: tuple(rollout.ready),
        Step.PODS_TERMINATED: tuple(rollout.terminated),
        Step.COMPLETED: (rollout.completed,) if rollout.completed else (),
        Step.STUCK: (rollout.stuck,) if rollout.stuck else (),
        Step.PAUSED: tuple(one for one in rollout.holds if one.kind == Kind.ROLLOUT_PAUSED),
        Step.RESUMED: tuple(one for one in rollout.holds if one.kind == Kind.ROLLOUT_RESUMED),
        Step.ABORTED: tuple(one for one in rollout.holds if one.kind == Kind.ROLLOUT_ABORTED),
    }
    service = directory.resolve(rollout.started.best.subject).service
    keys = rollout.keys
    back = "rollback" if rollout.ran_before else "first" if not rollout.started.best.keys.replaces else ""
    kept = {step: ours for step, ours in steps.items() if ours}
    return Story(StoryType.ROLLOUT, service, keys.version or keys.commit[:7], kept, (), back, keys=keys)


def _alone(rolled: Sequence[Story]) -> list[list[Story]]:
    """Rollouts without a pipeline; workloads of one service that get one version together are one deploy."""
    groups: list[list[Story]] = []
    latest: dict[tuple[Service, str], int] = {}
    for rollout in rolled:
        key = (rollout.service, rollout.keys.version)
        last = latest.get(key)
        group = groups[last] if last is not None else []
        workloads = {story.first.best.subject.workload for story in group}
        near = bool(group) and rollout.since - group[-1].since <= SOON
        if key[1] and near and rollout.first.best.subject.workload not in workloads:
            group.append(rollout)
        else:
            latest[key] = len(groups)
            groups.append([rollout])
    return groups


def _deploy(runs: Sequence[Story], rolled: Sequence[Story]) -> Story:
    keys = Identity()
    for part in (*rolled, *runs):
        keys = filled(keys, part.keys)
    service = (*rolled, *runs)[0].service
    named = next((run.service.environment for run in runs if run.service.environment), "")
    if not service.environment and named:
        service = replace(service, environment=named)
    manner = manner_of(runs, rolled, keys)
    return Story(StoryType.DEPLOY, service, short_version(keys), {}, (*runs, *rolled), manner, keys=keys)


def marked(found: Sequence[Story], annotations: Iterable[Occurrence], directory: Directory) -> dict[int, Story]:
    """The deploy that each annotation (by its id()) marks: of the same service and version, and near in time."""
    alike: dict[tuple[Service, str, str], list[int]] = {}
    times = [(deploy.since, deploy.complete_at) for deploy in found]
    for number, deploy in enumerate(found):
        for name, text in ids(deploy.keys):
            alike.setdefault((without_environment(deploy.service), name, text), []).append(number)
    homes: dict[int, Story] = {}
    for one in annotations:
        what = one.best
        service = without_environment(directory.resolve(what.subject).service)
        named = ids(what.keys) if service.name else ()
        for number in sorted({number for name, text in named for number in alike.get((service, name, text), ())}):
            since, done = times[number]
            near = abs(since - what.at) <= MARK or abs((done or what.at) - what.at) <= MARK
            if near and same_version(what.keys, found[number].keys):
                homes[id(one)] = found[number]
                break
    return homes
