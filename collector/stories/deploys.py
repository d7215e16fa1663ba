"""Deploys: what people call one deploy, rollback or restart, of the runs of CI and the rollouts that it is made of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from collector.event import Identity, Kind
from collector.merge import Occurrence, filled
from collector.services.resolve import Directory
from collector.services.service import Service
from collector.stories.identity import Versions, ids, same_version
from collector.stories.joining import Join, join
from collector.stories.pipelines import pipelines
from collector.stories.rollouts import Rollout, rollouts
from collector.stories.story import SOON, Step, Story, StoryType

RESTART = "Restart"
"""Why a rollout began that changes nothing (`reason` of its start)."""
MARK = timedelta(minutes=10)
"""How far from its start or end a deploy may be marked on a dashboard."""


def deploys(occurrences: Sequence[Occurrence], directory: Directory) -> list[Story]:
    """All deploys, in the order of their starts; runs of CI that deployed nothing are no deploys."""
    built = rollouts(occurrences)
    rolled = [_rollout(rollout, directory) for rollout in built]
    runs = _with_returns(pipelines(occurrences, directory))
    joined = join(runs, rolled)
    of_run: dict[int, list[tuple[Story, Join]]] = {}
    for number, link in sorted(joined.items()):
        of_run.setdefault(link.pipeline, []).append((rolled[number], link))
    found = [
        _deploy(run, of_run.get(at, ()))
        for at, run in enumerate(runs)
        if at in of_run or run.manner.startswith("deploy")
    ]
    found += [_deploy(None, together) for together in _alone(rolled, joined)]
    return sorted(found, key=lambda deploy: (deploy.since, deploy.service, deploy.about))


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


def _alone(rolled: Sequence[Story], joined: Mapping[int, Join]) -> list[list[tuple[Story, Join | None]]]:
    """Rollouts that no run of CI explains; workloads of one service that get one version together are one deploy."""
    groups: list[list[tuple[Story, Join | None]]] = []
    latest: dict[tuple[Service, str], int] = {}
    for number, rollout in enumerate(rolled):
        if number in joined:
            continue
        key = (rollout.service, rollout.keys.version)
        last = latest.get(key)
        group = groups[last] if last is not None else []
        workloads = {story.first.best.subject.workload for story, _ in group}
        near = bool(group) and rollout.since - group[-1][0].since <= SOON
        if key[1] and near and rollout.first.best.subject.workload not in workloads:
            group.append((rollout, None))
        else:
            latest[key] = len(groups)
            groups.append([(rollout, None)])
    return groups


def _deploy(run: Story | None, rolled: Sequence[tuple[Story, Join | None]]) -> Story:
    parts = [story if link is None else replace(story, reasons=link.reasons) for story, link in rolled]
    keys = Identity()
    for part in (*parts, *([run] if run else [])):
        keys = filled(keys, part.keys)
    service = next((part.service for part in parts), run.service if run else Service())
    if run and not service.environment and run.service.environment:
        service = replace(service, environment=run.service.environment)
    about = keys.version or keys.commit[:7]
    whole = (*([run] if run else []), *parts)
    return Story(StoryType.DEPLOY, service, about, {}, whole, _manner(run, parts, keys), keys=keys)


def _manner(run: Story | None, parts: Sequence[Story], keys: Identity) -> str:
    if any(part.manner == "rollback" for part in parts):
        return "rollback"
    # What a cluster knows of the versions that ran in it goes before what CI deployed.
    if run and run.manner == "deploy back" and (not parts or all(part.manner == "first" for part in parts)):
        return "rollback"
    reasons = {part.at(Step.STARTED)[0].best.reason for part in parts}
    same = keys.version == keys.replaces or not keys.replaces
    return "restart" if RESTART in reasons and not reasons - {RESTART, ""} and same else ""


def _with_returns(runs: Sequence[Story]) -> list[Story]:
    """The same; `deploy back` is the manner of those that bring back what ran before, and not just before."""
    found = sorted(runs, key=lambda run: run.since)
    last: dict[tuple[object, ...], Identity] = {}
    earlier: dict[tuple[object, ...], Versions] = {}
    for at, run in enumerate(found):
        if run.manner != "deploy" or run.service.preview or not run.at(Step.STARTED):
            continue
        subject = run.first.best.subject
        # One service may be released several times: in other namespaces, clusters, or under other names.
        place = (subject.cluster, subject.namespace, run.keys.release, run.keys.application)
        key = (run.first.best.source, subject.service, subject.environment, run.keys.component, *place)
        before = earlier.setdefault(key, Versions())
        again = key in last and same_version(last[key], run.keys)
        if not again and run.keys in before:
            found[at] = replace(run, manner="deploy back")
        if run.at(Step.COMPLETED) or not run.at(Step.FAILED):
            if key in last:
                before.add(last[key])
            last[key] = run.keys
    return found


def marked(found: Sequence[Story], annotations: Iterable[Occurrence], directory: Directory) -> dict[int, Story]:
    """For each annotation (by its id()) that marks a deploy, that deploy: same service and version, and near it."""
    alike: dict[tuple[Service, str, str], list[int]] = {}
    times = [(deploy.since, deploy.complete_at) for deploy in found]
    for number, deploy in enumerate(found):
        for name, text in ids(deploy.keys):
            alike.setdefault((replace(deploy.service, environment=""), name, text), []).append(number)
    homes: dict[int, Story] = {}
    for one in annotations:
        what = one.best
        service = replace(directory.resolve(what.subject).service, environment="")
        named = ids(what.keys) if service.name else ()
        for number in sorted({number for name, text in named for number in alike.get((service, name, text), ())}):
            since, done = times[number]
            near = abs(since - what.at) <= MARK or abs((done or what.at) - what.at) <= MARK
            if near and same_version(what.keys, found[number].keys):
                homes[id(one)] = found[number]
                break
    return homes
