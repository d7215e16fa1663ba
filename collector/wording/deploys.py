"""The rows of a deploy, rollback or restart: its start, new pods, old pods and end."""

from datetime import timedelta

from collector.event import Kind
from collector.manner import Manner
from collector.row import Row, Word
from collector.stories.pipelines import stated
from collector.stories.story import Step, Story
from collector.wording.course import completed_rows, pipelines, ready_rows, rolled, terminated_rows
from collector.wording.ends import awaited, ended_rows, state_of, waiting_rows
from collector.wording.holds import held_rows, stuck_rows
from collector.wording.overtaken import overtaken_rows
from collector.wording.sentence import (
    Words,
    by,
    detail,
    in_brackets,
    listing,
    name,
    number,
    quote,
    row,
    sentence,
    text,
    time,
    version,
)
from collector.wording.setting import Setting
from collector.wording.titles import deploy_name, rollout_name, same_version
from collector.wording.tools import begun_by, doer, system, tool

LONG = timedelta(minutes=5)
"""A wait for approval this long is worth reporting."""
_BY_THEIR_END = frozenset(
    {Manner.ROLLBACK, Manner.AUTOMATIC_ROLLBACK, Manner.RESTART, Manner.MIGRATION, Manner.INFRASTRUCTURE}
)
"""For these, people care more about the completion than about the pods."""
_WITH_CHANGES = frozenset({Manner.PLAIN, Manner.REVERT, Manner.CONFIG})


def deploy_rows(deploy: Story, setting: Setting) -> list[Row]:
    """The rows of one deploy, as far as it was seen."""
    title = deploy_name(deploy, setting)
    if not deploy.at(Step.STARTED):
        return waiting_rows(deploy, title)
    if deploy.since < setting.window.start and (deploy.complete_at or deploy.since) < setting.window.start:
        return brief_rows(deploy, setting)
    rows = [_start(deploy, setting)]
    completed = completed_rows(deploy, title, setting) if deploy.manner in _BY_THEIR_END else []
    if not deploy.rolls_back and not completed:
        rows += ready_rows(deploy, setting)
        completed = terminated_rows(deploy, setting)
    rows += completed or completed_rows(deploy, title, setting)
    own = rollout_name(deploy, setting)
    rows += [*held_rows(deploy, own, setting), *stuck_rows(deploy, own), *ended_rows(deploy, title)]
    return [*rows, *overtaken_rows(deploy, own, setting)]


def _start(deploy: Story, setting: Setting) -> Row:
    keys, runs = deploy.keys, pipelines(deploy)
    numbered = next((run for run in runs if run.keys.run_number), None)
    approver = _approver(deploy)
    about = in_brackets(
        *(_changes(deploy) if deploy.manner in _WITH_CHANGES or (deploy.rolls_back and same_version(deploy)) else []),
        *(_resources(deploy) if deploy.manner == Manner.INFRASTRUCTURE else []),
        by(doer(deploy, runs)),
        sentence(text("approved"), by(approver)) if approver else (),
        _waited(deploy, setting),
        _applied(deploy, setting),
        detail(name(f"{numbered.first.best.source} run {numbered.keys.run_number}")) if numbered else (),
        detail(sentence(text("commit"), version(keys.commit[:7]))) if keys.commit else (),
    )
    component = text(f"({keys.component})") if keys.component else ()
    main = sentence(deploy_name(deploy, setting, origin=True), component, text(_begins(deploy)))
    steps = (Step.REQUESTED, Step.WAITING, Step.APPROVED, Step.STARTED, Step.MARKED)
    under = [one for step in steps for one in deploy.at(step)]
    kind = Kind.DEPLOY_STARTED if runs else Kind.ROLLOUT_STARTED
    kind = Kind.ROLLBACK_STARTED if deploy.rolls_back else kind
    return row(deploy, "started", kind, (*main, *about), under, at=deploy.since, exact=deploy.first)


def _begins(deploy: Story) -> str:
    """`starts via CI/CD`, `initiated in the cluster`, `starts`."""
    by_tool = begun_by(pipelines(deploy))
    names = frozenset().union(*(stated(run) for run in pipelines(deploy)))
    if deploy.manner == Manner.ROLLBACK:
        if not by_tool:
            return "initiated in the cluster"
        # If GitOps applied it by itself, its repository went back: a button needs somebody who pressed it.
        pressed = (run for run in pipelines(deploy) if Manner.ROLLBACK in stated(run))
        button = next((system(run) for run in pressed if run.actor or not run.keys.application), "")
        if button:
            return f"initiated by rollback in {button}"
        return f"initiated by a revert via {by_tool}" if Manner.REVERT in names else f"initiated via {by_tool}"
    if deploy.manner == Manner.AUTOMATIC_ROLLBACK and by_tool:
        # The system itself did it, and not somebody's pipeline.
        own = next((system(run) for run in pipelines(deploy) if Manner.AUTOMATIC_ROLLBACK in stated(run)), by_tool)
        return f"starts, by {own}"
    if deploy.manner in (Manner.AUTOMATIC_ROLLBACK, Manner.INFRASTRUCTURE, Manner.RECONCILE) or not by_tool:
        return "starts"
    return f"starts via {by_tool}"


def _approver(deploy: Story) -> str:
    """Who approved it, if that is not the actor of the deploy."""
    return next((one.best.actor for one in deploy.at(Step.APPROVED) if one.best.actor not in ("", deploy.actor)), "")


def _waited(deploy: Story, setting: Setting) -> Words:
    """What it waited for and since when, if that lasted LONG."""
    waited = deploy.at(Step.WAITING)
    if not waited or deploy.since - waited[0].best.at < LONG:
        return ()
    return sentence(text(f"waited for {awaited(deploy)} since"), text(setting.window.clock(waited[0].best.at)))


def _applied(deploy: Story, setting: Setting) -> Words:
    """When another system than the one where it starts began to apply it."""
    runs = pipelines(deploy)
    other = next((run for run in runs if tool(run) != begun_by(runs) and run.at(Step.STARTED)), None)
    if other is None:
        return ()
    return sentence(text(f"applied by {tool(other)} from"), time(other.since, setting.tz))


def _changes(deploy: Story) -> list[Words]:
    """The version that it replaces, and other changes that are known."""
    keys = deploy.keys
    replaced = keys.replaces and keys.replaces != keys.version
    details = (one.best.description for part in rolled(deploy) for one in part.at(Step.STARTED))
    changed = [text(each) for each in dict.fromkeys(details) if each]
    return [sentence(text("replaces"), version(keys.replaces)) if replaced else (), *changed]


def _resources(deploy: Story) -> list[Words]:
    """How many resources an apply changed, if it completed, and the message of its run."""
    begun, done = deploy.at(Step.STARTED), deploy.at(Step.COMPLETED)
    counts = done[-1].best.numbers if done else {}
    known = [(counts[each], each) for each in ("imported", "added", "changed", "destroyed") if counts.get(each)]
    why = next((one.best.description for one in begun if one.best.description), "")
    return [
        listing(*(number(f"{count:.0f} {what}") for count, what in known)),
        (Word('"'), *quote(why), Word('"')) if why else (),
    ]


def brief_rows(deploy: Story, setting: Setting) -> list[Row]:
    """One row for a whole deploy: one that was over when the window began, or one of many in a calm window."""
    if not deploy.at(Step.STARTED):
        return waiting_rows(deploy, deploy_name(deploy, setting))
    start = _start(deploy, setting)
    done = deploy.complete_at or max((one.best.at for one in deploy.at(Step.COMPLETED)), default=None)
    words = start.words
    if done:
        words = (*words, Word(", complete at "), Word(setting.window.clock(done)))
    elif state := state_of(deploy):
        words = (*words, Word(f", {state}"))
    return [row(deploy, "started", start.kind, words, deploy.occurrences(), at=start.at, end=done, exact=deploy.first)]
