"""The rows of a deploy that ended without success, or that has not started."""

from collections.abc import Mapping

from collector.event import Kind, order
from collector.merge import Occurrence
from collector.row import Row
from collector.stories.story import Step, Story, StoryType
from collector.wording.sentence import Words, by, plain, quote, row, sentence, text, with_details
from collector.wording.tools import CI, doer, tool

_WORDS: Mapping[Step, tuple[str, Kind]] = {
    Step.FAILED: ("failed", Kind.DEPLOY_FAILED),
    Step.CANCELLED: ("cancelled", Kind.DEPLOY_CANCELLED),
    Step.SUPERSEDED: ("superseded by a newer one", Kind.DEPLOY_SUPERSEDED),
    Step.REFUSED: ("refused", Kind.DEPLOY_REFUSED),
}
_STATES = {Step.APPROVED: "is approved", Step.WAITING: "waits for {}", Step.REQUESTED: "is requested"}
_WAITED = frozenset({Step.CANCELLED, Step.SUPERSEDED})


def ended_rows(deploy: Story, title: Words) -> list[Row]:
    """The rows of a deploy that failed, or was cancelled, superseded or refused."""
    rows = []
    for step, (_, kind) in _WORDS.items():
        seen = _in_order(deploy, step)
        if seen:
            first, before = seen[0], not deploy.at(Step.STARTED)
            why = quote(first.best.reason)
            words = with_details(sentence(title, text(_how(deploy, step)), by(_who(first, step))), why)
            if before:
                words = with_details(sentence(title, text(f"is {_how(deploy, step)}"), by(_who(first, step))), why)
            under = [*seen, *(_failed_runs(deploy) if step == Step.FAILED else ()), *named_by(deploy)]
            rows.append(row(deploy, step.value, kind, words, under, exact=first))
    return rows


def waiting_rows(deploy: Story, title: Words) -> list[Row]:
    """The rows of a deploy that has not started: its state, and how its wait ended."""
    asked = [one for step in (Step.REQUESTED, Step.WAITING, Step.APPROVED) for one in deploy.at(step)]
    ends = ended_rows(deploy, title)
    if not asked:
        return ends
    step = next(step for step in _STATES if deploy.at(step))
    first = deploy.at(Step.WAITING)[0] if deploy.at(Step.WAITING) else asked[0]
    approved = deploy.at(Step.APPROVED)
    details = sentence(text("approved"), by(approved[0].best.actor)) if approved and approved[0].best.actor else ()
    state = _STATES[Step.WAITING if first.kind == Kind.DEPLOY_WAITING and not approved else step]
    state = state.format(awaited(deploy))
    words = with_details(sentence(title, text(state), by(doer(deploy, deploy.parts_of(StoryType.PIPELINE)))), details)
    shown = {id(one) for each in ends for one in each.occurrences}
    under = [one for one in deploy.occurrences() if id(one) not in shown]
    return [row(deploy, "waiting", first.kind, words, under, exact=approved[0] if approved else first), *ends]


def state_of(deploy: Story) -> str:
    """The state of a deploy that is not complete, in a few words: `failed in CI/CD`, `refused by sam`."""
    for step in _WORDS:
        seen = _in_order(deploy, step)
        if seen:
            waiting = " while it waited" if step in _WAITED and not deploy.at(Step.STARTED) else ""
            return plain(sentence(text(_how(deploy, step) + waiting), by(_who(seen[0], step))))
    return "" if deploy.at(Step.STARTED) else "not started"


def awaited(deploy: Story) -> str:
    """What it waits for, or waited for before it started: `approval`, `its sync window`."""
    return next((one.best.awaits for one in deploy.at(Step.WAITING)), "") or "approval"


def named_by(deploy: Story) -> tuple[Occurrence, ...]:
    """The evidence for the version in the words, if CI reports another or none."""
    known = [run.keys.version for run in deploy.parts_of(StoryType.PIPELINE)]
    rolled = deploy.parts_of(StoryType.ROLLOUT)
    return () if deploy.keys.version in known or not rolled else rolled[0].at(Step.STARTED)


def _in_order(deploy: Story, step: Step) -> list[Occurrence]:
    return sorted(deploy.at(step), key=lambda one: order(one.best))


def _how(deploy: Story, step: Step) -> str:
    """`failed in CI/CD`, `failed according to Argo CD`."""
    word = _WORDS[step][0]
    if step != Step.FAILED:
        return word
    first = _in_order(deploy, step)[0]
    run = next((run for run in deploy.parts_of(StoryType.PIPELINE) if first in run.at(step)), None)
    by_whom = tool(run) if run else CI
    return f"{word} in {by_whom}" if by_whom == CI else f"{word} according to {by_whom}"


def _who(one: Occurrence, step: Step) -> str:
    """Who ended it; empty for a failure, which is nobody's doing."""
    return one.best.actor if step in (Step.CANCELLED, Step.REFUSED) else ""


def _failed_runs(deploy: Story) -> list[Occurrence]:
    return [one for one in deploy.at(Step.ENDED) if one.kind == Kind.RUN_FAILED]
