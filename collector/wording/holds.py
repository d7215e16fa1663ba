"""How it is worded that a rollout was paused, resumed, given up, stuck, or failed in CI."""

from collector.event import Kind
from collector.merge import Occurrence
from collector.row import Row, Word
from collector.stories.story import Step, Story, StoryType
from collector.wording.sentence import Words, by, listing, number, quote, row, sentence, text, time, with_details
from collector.wording.setting import Setting


def held_rows(deploy: Story, title: Words, setting: Setting) -> list[Row]:
    """That it was paused, with when it went on, and that it was aborted."""
    paused, resumed = deploy.at(Step.PAUSED), deploy.at(Step.RESUMED)
    rows = []
    if paused or resumed:
        begun = paused or resumed
        first, last = begun[0].best, begun[-1].best
        times: Words = ()
        if len(paused) > 1:
            span = sentence(time(first.at, setting.tz), text("to"), time(last.at, setting.tz))
            times = (*number(f"{len(paused)}"), Word(" times ("), *span, Word(")"))
        on = [one for one in resumed if paused and one.best.at >= last.at]
        details = listing(
            quote(first.description if len(paused) == 1 else ""),
            by(paused[0].best.actor if paused else ""),
            sentence(text("resumed at"), time(on[0].best.at, setting.tz)) if on else (),
        )
        words = with_details(sentence(title, text("paused" if paused else "resumed"), times), details)
        end = on[0].best.at if on else None
        rows.append(row(deploy, "paused", begun[0].kind, words, [*paused, *resumed], end=end, exact=begun[0]))
    for number_, one in enumerate(deploy.at(Step.ABORTED)):
        details = listing(quote(one.best.description), by(one.best.actor))
        words = with_details(sentence(title, text("aborted")), details)
        rows.append(row(deploy, f"aborted {number_}", one.kind, words, [one]))
    return rows


def failed_rows(deploy: Story, title: Words, rollout: Words) -> list[Row]:
    """That a rollout of it made no progress, and that CI failed."""
    rows = []
    for number_, one in enumerate(deploy.at(Step.STUCK)):
        words = sentence(rollout, text("is stuck: it made no progress within its deadline"))
        rows.append(row(deploy, f"stuck {number_}", Kind.ROLLOUT_STUCK, words, [one]))
    failed = deploy.at(Step.FAILED)
    ended = [one for one in deploy.at(Step.ENDED) if one.kind == Kind.RUN_FAILED]
    if failed:
        words = with_details(sentence(title, text("failed in CI/CD")), quote(failed[0].best.reason))
        rows.append(
            row(deploy, "failed", Kind.DEPLOY_FAILED, words, [*failed, *ended, *named_by(deploy)], exact=failed[0])
        )
    return rows


def named_by(deploy: Story) -> tuple[Occurrence, ...]:
    """What the version in the words is known by, where CI knows another or none."""
    known = [run.keys.version for run in deploy.parts_of(StoryType.PIPELINE)]
    rolled = deploy.parts_of(StoryType.ROLLOUT)
    return () if deploy.keys.version in known or not rolled else rolled[0].at(Step.STARTED)
