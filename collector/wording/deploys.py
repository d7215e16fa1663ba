"""How a deploy, rollback or restart is worded: its start, its new pods, its old pods, its end."""

from collector.event import Kind
from collector.row import Row, Word
from collector.stories.story import Step, Story
from collector.wording.course import completed_rows, pipelines, ready_rows, rolled, terminated_rows
from collector.wording.holds import failed_rows, held_rows
from collector.wording.sentence import (
    Words,
    by,
    detail,
    implied,
    in_brackets,
    name,
    row,
    sentence,
    text,
    version,
)
from collector.wording.setting import Setting


def deploy_rows(deploy: Story, setting: Setting) -> list[Row]:
    """The rows of one deploy, as far as it was seen."""
    title = deploy_name(deploy, setting)
    if not deploy.at(Step.STARTED):
        return _waiting(deploy, title)
    if deploy.since < setting.window.start and (deploy.complete_at or deploy.since) < setting.window.start:
        return brief_rows(deploy, setting)
    rows = [_start(deploy, setting)]
    completed = completed_rows(deploy, title, setting) if deploy.manner else []
    if deploy.manner != "rollback" and not completed:
        rows += ready_rows(deploy, setting)
        completed = terminated_rows(deploy, setting)
    rows += completed or completed_rows(deploy, title, setting)
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
        whom = implied(sentence(text("of"), service)) if to else sentence(text("of"), service)
        came_from = detail(sentence(text("from"), version(keys.replaces))) if origin and keys.replaces else ()
        return sentence(text("Rollback"), whom, came_from, sentence(text("to"), to) if to else ())
    what = "Restart of" if deploy.manner == "restart" else "Deploy of" if pipelines(deploy) else "Rollout of"
    return sentence(text(what), service, to)


def rollout_name(deploy: Story, setting: Setting) -> Words:
    """What the cluster's part of it is called, whatever CI calls the whole."""
    if deploy.manner:
        return deploy_name(deploy, setting)
    version_ = version(deploy.keys.version or deploy.keys.commit[:7])
    return sentence(text("Rollout of"), setting.service(deploy.service), version_)


def _start(deploy: Story, setting: Setting) -> Row:
    keys, via = deploy.keys, bool(pipelines(deploy))
    source = pipelines(deploy)[0].first.best.source if via else ""
    approved = [one for one in deploy.at(Step.APPROVED) if one.best.actor and one.best.actor != deploy.actor]
    about = in_brackets(
        *([] if deploy.manner in ("rollback", "restart") else _changes(deploy)),
        by(deploy.actor),
        sentence(text("approved"), by(approved[0].best.actor)) if approved else (),
        detail(name(f"{source} run {keys.run_number}")) if keys.run_number and via else (),
        detail(sentence(text("commit"), version(keys.commit[:7]))) if keys.commit else (),
    )
    component = text(f"({keys.component})") if keys.component else ()
    starts = text("starts via CI/CD" if via else "starts")
    if deploy.manner == "rollback":
        starts = text("initiated via CI/CD" if via else "initiated")
    main = sentence(deploy_name(deploy, setting, origin=True), component, starts)
    steps = (Step.REQUESTED, Step.WAITING, Step.APPROVED, Step.STARTED, Step.MARKED)
    under = [one for step in steps for one in deploy.at(step)]
    kind = Kind.DEPLOY_STARTED if via else Kind.ROLLOUT_STARTED
    kind = Kind.ROLLBACK_STARTED if deploy.manner == "rollback" else kind
    return row(deploy, "started", kind, (*main, *about), under, at=deploy.since, exact=deploy.first)


def _changes(deploy: Story) -> list[Words]:
    """What it replaces, and what else it changes as far as anyone knows."""
    keys = deploy.keys
    replaced = keys.replaces and keys.replaces != keys.version
    details = (one.best.description for part in rolled(deploy) for one in part.at(Step.STARTED))
    changed = [text(each) for each in dict.fromkeys(details) if each]
    return [sentence(text("replaces"), version(keys.replaces)) if replaced else (), *changed]


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
