"""How a deploy, rollback or restart is worded: its start, its new pods, its old pods, its end."""

from collections.abc import Sequence
from datetime import timedelta

from collector.event import Kind, order
from collector.links import LinkKind
from collector.merge import Occurrence
from collector.row import Row, Word
from collector.stories.story import Step, Story, StoryType
from collector.wording.holds import failed_rows, held_rows, named_by
from collector.wording.sentence import (
    APART,
    Words,
    by,
    joined,
    listing,
    name,
    number,
    row,
    sentence,
    text,
    time,
    version,
    with_details,
)
from collector.wording.setting import Setting
from collector.wording.symptoms import ending

_AT_ONCE = timedelta(seconds=3)
_NO_START = frozenset(
    {Kind.POD_IMAGE_FAILED, Kind.POD_START_FAILED, Kind.POD_NOT_READY, Kind.POD_UNSCHEDULABLE, Kind.POD_CRASH_LOOP}
)


def deploy_rows(deploy: Story, setting: Setting) -> list[Row]:
    """The rows of one deploy, as far as it was seen."""
    title = deploy_name(deploy, setting)
    if not deploy.at(Step.STARTED):
        return _waiting(deploy, title)
    if deploy.since < setting.window.start and (deploy.complete_at or deploy.since) < setting.window.start:
        return brief_rows(deploy, setting)
    rows = [_start(deploy, setting)]
    old = [] if deploy.manner == "rollback" else _terminated(deploy, setting)
    if deploy.manner != "rollback":
        rows += _ready(deploy, setting)
    rows += old or _completed(deploy, title, setting)
    own = rollout_name(deploy, setting)
    return [*rows, *held_rows(deploy, own, setting), *failed_rows(deploy, title, own)]


def deploy_name(deploy: Story, setting: Setting, *, origin: bool = False) -> Words:
    """What a deploy is called: `Deploy of checkout 1.5.0`, `Rollback of checkout to 1.4.9`.

    With `origin` a rollback also names the version that it leaves.
    """
    keys = deploy.keys
    to = version(keys.version or keys.commit[:7])
    service = setting.service(deploy.service)
    if deploy.manner == "rollback":
        came_from = sentence(text("from"), version(keys.replaces)) if origin and keys.replaces else ()
        return sentence(text("Rollback of"), service, came_from, sentence(text("to"), to) if to else ())
    what = "Restart of" if deploy.manner == "restart" else "Deploy of" if _pipelines(deploy) else "Rollout of"
    return sentence(text(what), service, to)


def rollout_name(deploy: Story, setting: Setting) -> Words:
    """What the cluster's part of it is called, whatever CI calls the whole."""
    if deploy.manner:
        return deploy_name(deploy, setting)
    version_ = version(deploy.keys.version or deploy.keys.commit[:7])
    return sentence(text("Rollout of"), setting.service(deploy.service), version_)


def _pipelines(deploy: Story) -> tuple[Story, ...]:
    return deploy.parts_of(StoryType.PIPELINE)


def _rolled(deploy: Story) -> tuple[Story, ...]:
    return deploy.parts_of(StoryType.ROLLOUT)


def _start(deploy: Story, setting: Setting) -> Row:
    keys, via = deploy.keys, bool(_pipelines(deploy))
    source = _pipelines(deploy)[0].first.best.source if via else ""
    approved = [one for one in deploy.at(Step.APPROVED) if one.best.actor and one.best.actor != deploy.actor]
    details = listing(
        name(f"{source} run {keys.run_number}") if keys.run_number and via else (),
        sentence(text("commit"), version(keys.commit[:7])) if keys.commit else (),
        by(deploy.actor),
        sentence(text("approved"), by(approved[0].best.actor)) if approved else (),
    )
    component = text(f"({keys.component})") if keys.component else ()
    starts = text("starts via CI/CD" if via else "starts")
    replaces: Words = ()
    if deploy.manner == "rollback":
        starts = text("initiated via CI/CD" if via else "initiated")
    elif keys.replaces and deploy.manner != "restart":
        replaces = (Word("(replaces "), *version(keys.replaces), Word(")"))
    main = sentence(deploy_name(deploy, setting, origin=True), component, replaces, starts)
    steps = (Step.REQUESTED, Step.WAITING, Step.APPROVED, Step.STARTED, Step.MARKED)
    under = [one for step in steps for one in deploy.at(step)]
    kind = Kind.DEPLOY_STARTED if via else Kind.ROLLOUT_STARTED
    kind = Kind.ROLLBACK_STARTED if deploy.manner == "rollback" else kind
    return row(deploy, "started", kind, with_details(main, details), under, at=deploy.since, exact=deploy.first)


def brief_rows(deploy: Story, setting: Setting) -> list[Row]:
    """One row for all of a deploy: of one that was over when the window began, or of which nothing came."""
    if not deploy.at(Step.STARTED):
        return _waiting(deploy, deploy_name(deploy, setting))
    start = _start(deploy, setting)
    done = deploy.complete_at or max((one.best.at for one in deploy.at(Step.COMPLETED)), default=None)
    words = start.words
    if done:
        words = (*words, Word(", complete at "), Word(setting.window.clock(done)))
    return [row(deploy, "started", start.kind, words, deploy.occurrences(), at=start.at, end=done, exact=deploy.first)]


def _waiting(deploy: Story, title: Words) -> list[Row]:
    waiting = deploy.at(Step.WAITING) or deploy.at(Step.REQUESTED) or deploy.at(Step.APPROVED)
    if not waiting:
        return []
    state = {Kind.DEPLOY_WAITING: "waits for approval", Kind.DEPLOY_APPROVED: "is approved"}
    words = sentence(title, text(state.get(waiting[0].kind, "is requested")), by(deploy.actor))
    return [row(deploy, "waiting", waiting[0].kind, words, deploy.occurrences(), exact=waiting[0])]


def _ready(deploy: Story, setting: Setting) -> list[Row]:
    """How many new pods are known to be ready, and until when; honest where not all of them were seen."""
    ready = sorted(deploy.at(Step.PODS_READY), key=lambda one: order(one.best))
    if not ready:
        return _ready_by_then(deploy, setting)
    wanted = _wanted(deploy)
    first, last = ready[0].best.at, ready[-1].best.at
    pods = sentence(text("New pods of"), setting.service(deploy.service), version(deploy.keys.version))
    if len(ready) >= wanted:
        count: Words = (*number(f"{len(ready)}/{wanted}"), Word(" ready"))
        if last - first >= APART:
            count += (Word(" ("), *time(first, setting.tz), Word(" to "), *time(last, setting.tz), Word(")"))
    else:
        count = (Word("at least "), *number(f"{len(ready)} of {wanted}"), Word(" ready by "), *time(last, setting.tz))
    words = (*pods, Word(" pass health checks: "), *count)
    return [row(deploy, "pods ready", Kind.POD_READY, words, ready, at=last, exact=ready[-1])]


def _ready_by_then(deploy: Story, setting: Setting) -> list[Row]:
    """That the new pods were ready, by the old ones, which are stopped one after the other as new ones are ready.

    Not where all old pods are stopped at once: then the strategy is to stop them first.
    """
    gone, rolled = deploy.at(Step.PODS_TERMINATED), _rolled(deploy)
    if not gone or len(gone) < _wanted(deploy) or len(rolled) != 1 or _cannot_start(deploy, setting):
        return []
    last = _last(gone)
    if last.best.at - rolled[0].since <= _AT_ONCE:
        return []
    said = [one for run in _pipelines(deploy) for one in run.at(Step.COMPLETED)]
    pods = sentence(text("New pods of"), setting.service(deploy.service), version(deploy.keys.version))
    words = (*pods, Word(" ready by "), *time(last.best.at, setting.tz), Word(", when the last old pod is stopped"))
    if said:
        words += (Word("; complete according to CI/CD at "), *time(_last(said).best.at, setting.tz))
    return [row(deploy, "pods ready", Kind.POD_READY, words, [*gone, *said], exact=last, at=last.best.at)]


def _cannot_start(deploy: Story, setting: Setting) -> bool:
    """Whether its new pods are known not to start, and none was ever ready: then old ones do not stop because of it."""
    if deploy.at(Step.PODS_READY) or deploy.complete_at:
        return False
    troubles = setting.context.linked(deploy, LinkKind.PODS_OF, as_one=False)
    return bool(deploy.at(Step.STUCK)) or any(trouble.manner in _NO_START for trouble in troubles)


def _terminated(deploy: Story, setting: Setting) -> list[Row]:
    gone = deploy.at(Step.PODS_TERMINATED)
    if not gone:
        return []
    if _cannot_start(deploy, setting):
        stopped = number(f"{len(gone)} old {'pod' if len(gone) == 1 else 'pods'}")
        words = sentence(stopped, text("of"), setting.service(deploy.service))
        words += (Word(" stopped, while no new one is known to be ready"),)
        return [row(deploy, "stopped", Kind.POD_TERMINATED, words, gone)]
    wanted = max(len(gone), _wanted(deploy))
    old = version("" if deploy.manner == "restart" else deploy.keys.replaces)
    pods = sentence(text("Old pods of"), setting.service(deploy.service), old)
    seen = number(f"{len(gone)}/{wanted}")
    if len(gone) < wanted:
        seen = sentence(text("at least"), number(f"{len(gone)} of {wanted}"))
    parts, at = [(*pods, Word(" terminated: "), *seen)], max(one.best.at for one in gone)
    done = deploy.complete_at
    if done:
        # What is complete is stamped when it was.
        at = max(at, done)
        parts.append(text("rollout complete"))
        if not deploy.at(Step.PODS_READY) and _wanted(deploy):
            parts.append(sentence(number(f"{_wanted(deploy)}/{_wanted(deploy)}"), text("new pods ready")))
    ends, recovered = _recovered(deploy, setting)
    ours = [*gone, *deploy.at(Step.COMPLETED), *_ends(deploy, Kind.RUN_SUCCEEDED), *recovered]
    words = joined(", ", [*parts, *ends])
    return [row(deploy, "complete", Kind.POD_TERMINATED, words, ours, at=at, exact=_last(gone))]


def _completed(deploy: Story, title: Words, setting: Setting) -> list[Row]:
    at, according = deploy.complete_at, ""
    if at is None:
        at = max((one.best.at for run in _pipelines(deploy) for one in run.at(Step.COMPLETED)), default=None)
        according = " according to CI/CD" if _rolled(deploy) else ""
    if at is None:
        return []
    wanted = _wanted(deploy) if not according else 0
    pods = sentence(number(f"{wanted}/{wanted}"), text("pods ready")) if wanted else ()
    ends, recovered = _recovered(deploy, setting)
    words = with_details((*title, Word(f" complete{according}")), joined(", ", [pods, *ends]))
    done = [
        *deploy.at(Step.COMPLETED),
        *_ends(deploy, Kind.RUN_SUCCEEDED),
        *deploy.at(Step.PODS_TERMINATED),
        *recovered,
    ]
    if deploy.manner == "rollback":
        done += deploy.at(Step.PODS_READY)
    done += named_by(deploy) if according else ()
    kind = Kind.ROLLBACK_COMPLETED if deploy.manner == "rollback" else Kind.ROLLOUT_COMPLETED
    exact = min(deploy.at(Step.COMPLETED), key=lambda one: abs(one.best.at - at))
    return [row(deploy, "complete", kind, words, done, at=at, exact=exact)]


def _recovered(deploy: Story, setting: Setting) -> tuple[list[Words], list[Occurrence]]:
    """What ends with the deploy: in words, and the Occurrences."""
    ended = setting.context.linked(deploy, LinkKind.ENDS_WITH, as_one=False)
    return [ending(symptom) for symptom in ended], [one for symptom in ended for one in symptom.at(Step.ENDED)]


def _ends(deploy: Story, kind: Kind) -> list[Occurrence]:
    """The ends of its runs in CI, beside those of the deployments."""
    return [one for one in deploy.at(Step.ENDED) if one.kind == kind]


def _wanted(deploy: Story) -> int:
    """How many pods were wanted, as far as known; at least as many as were seen."""
    return sum(wanted(rollout) for rollout in _rolled(deploy))


def wanted(rollout: Story) -> int:
    """How many pods one workload was to have."""
    ours = [*rollout.at(Step.STARTED), *rollout.at(Step.PODS_READY), *rollout.at(Step.COMPLETED)]
    sizes = (int(one.best.numbers.get(each, 0)) for one in ours for each in ("of", "replicas"))
    return max(len(rollout.at(Step.PODS_READY)), *sizes)


def _last(ours: Sequence[Occurrence]) -> Occurrence:
    return max(ours, key=lambda one: order(one.best))
