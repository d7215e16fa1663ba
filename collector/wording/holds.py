"""The rows of a rollout that was paused, resumed, aborted, or stuck."""

from collector.event import SECOND, Kind
from collector.row import Row, Word
from collector.stories.story import Step, Story
from collector.wording.course import ended_with
from collector.wording.reasons import unwrapped
from collector.wording.sentence import (
    Words,
    by,
    listing,
    number,
    quote,
    row,
    sentence,
    span,
    text,
    time,
    version,
    with_details,
)
from collector.wording.setting import Setting


def held_rows(deploy: Story, title: Words, setting: Setting) -> list[Row]:
    """The rows of its pauses, with the time of the resumption, and of its aborts."""
    paused, ended = deploy.at(Step.PAUSED), [one.best.at for one in deploy.at(Step.ABORTED)]
    # An abort also ends a pause, but that is not a resumption.
    resumed = [one for one in deploy.at(Step.RESUMED) if not any(abs(one.best.at - at) <= 2 * SECOND for at in ended)]
    rows = []
    if paused or resumed:
        begun = paused or resumed
        first, last = begun[0].best, begun[-1].best
        times: Words = ()
        if len(paused) > 1:
            times = (*number(f"{len(paused)}"), Word(" times ("), *span(first.at, last.at, setting.tz), Word(")"))
        on = [one for one in resumed if paused and one.best.at >= last.at]
        by_whom = by(paused[0].best.actor if paused else "")
        goes_on = sentence(text("resumed at"), time(on[0].best.at, setting.tz)) if on else ()
        why = quote(first.description if len(paused) == 1 else "")
        words = sentence(title, text("paused" if paused else "resumed"), times, by_whom)
        words = with_details(words, listing(why, goes_on)) if why else listing(words, goes_on)
        end = on[0].best.at if on else None
        rows.append(row(deploy, "paused", begun[0].kind, words, [*paused, *resumed], end=end, exact=begun[0]))
    for number_, one in enumerate(deploy.at(Step.ABORTED)):
        details = quote(unwrapped(one.best.description))
        keys = deploy.keys
        went_back = keys.replaces if keys.replaces != keys.version and not deploy.rolls_back else ""
        back = sentence(text("and goes back to"), version(went_back)) if went_back else ()
        # Symptoms that end with its completion are in that row.
        ends, recovered = (
            ended_with(deploy, setting, one.best.at) if not number_ and not deploy.complete_at else ([], [])
        )
        words = with_details(listing(sentence(title, text("aborted"), by(one.best.actor), back), *ends), details)
        rows.append(row(deploy, f"aborted {number_}", one.kind, words, [one, *recovered], exact=one))
    return rows


def stuck_rows(deploy: Story, rollout: Words) -> list[Row]:
    """The rows of its rollouts that made no progress."""
    rows = []
    for number_, one in enumerate(deploy.at(Step.STUCK)):
        # Only Deployments and Argo Rollouts have a progress deadline.
        of_set = one.best.subject.workload.startswith(("StatefulSet/", "DaemonSet/"))
        why = "it makes no progress" if of_set else "it made no progress within its deadline"
        words = sentence(rollout, text(f"is stuck: {why}"))
        rows.append(row(deploy, f"stuck {number_}", Kind.ROLLOUT_STUCK, words, [one]))
    return rows
