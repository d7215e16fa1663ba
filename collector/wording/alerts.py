"""The rows of an alert: that it fires, with the symptom that it is about, and that it is resolved."""

from collector.event import Kind, Subject
from collector.links import LinkKind
from collector.row import Row, Word
from collector.stories.alerts import instances
from collector.stories.story import Step, Story, StoryType
from collector.wording.numbers import clock, duration_text, some
from collector.wording.sentence import (
    Words,
    implied,
    name,
    number,
    quote,
    row,
    sentence,
    text,
    time,
    with_details,
)
from collector.wording.setting import Setting
from collector.wording.symptoms import beginning, surge_rows


def alert_rows(alert: Story, setting: Setting) -> list[Row]:
    """The rows of an alert that fired in the window, or before and into it."""
    window, until = setting.window, alert.over
    firing = alert.at(Step.STARTED)
    linked = setting.context.linked(alert, LinkKind.ABOUT, as_one=True)
    # A symptom that was over before the alert fired has rows of its own: else it would end before its start.
    about = next((one for one in linked if not one.over or one.over >= alert.since), None)
    because = beginning(about, setting.tz) if about else ()
    because = because or quote(next((one.best.description for one in firing if one.best.description), ""))
    words = with_details((*_fires(alert, setting), *_folded(alert, setting), *_ongoing(alert, setting)), because)
    under = [*firing, *alert.at(Step.RESUMED), *(about.at(Step.STARTED) if about else ())]
    rows = [
        *surge_rows(alert, setting),
        row(alert, "fires", Kind.ALERT_FIRING, words, under, end=until, exact=firing[0]),
    ]
    if until and until <= window.end:
        ended = alert.at(Step.ENDED)
        exact = max(ended, key=lambda one: one.best.at)
        more = () if all("since" in one.best.numbers for one in ended) else text("more than")
        after = sentence(text("resolved after"), more, number(duration_text(until - alert.since)))
        called = implied(name(alert.about)) if _only(alert, setting) else name(alert.about)
        words = sentence(text("Alert"), called, _whom(alert, setting), after)
        rows.append(row(alert, "resolved", Kind.ALERT_RESOLVED, words, ended, at=until, exact=exact))
    return rows


def _whom(alert: Story, setting: Setting) -> Words:
    if alert.service.name:
        return implied(sentence(text("for"), setting.service(alert.service)))
    about = objects(alert)
    return sentence(text("for"), about) if about else ()


def objects(alert: Story) -> Words:
    """What an alert of no service is about: `Job nightly-report`, `node worker-3 and 1 more`; empty if unknown."""
    named = sorted({_object(one.best.subject) for one in alert.at(Step.STARTED)} - {("", "")})
    if not named:
        return ()
    sorts = {sort for sort, _ in named}
    if len(sorts) > 1:
        return name(some([" ".join(each) for each in named]))
    plural = "s" if len(named) > 1 else ""
    return sentence(text(f"{named[0][0]}{plural}"), name(some([each for _, each in named])))


def _object(subject: Subject) -> tuple[str, str]:
    """The sort and name of the most specific object."""
    kind, _, called = subject.workload.partition("/")
    if called:
        return kind, called
    if subject.pod:
        return "pod", subject.pod
    return ("node", subject.node) if subject.node else ("", "")


def _only(alert: Story, setting: Setting) -> bool:
    """Whether no alert of another name has rows, so that it is clear which one is meant."""
    return all(other.type != StoryType.ALERT or other.about == alert.about for other in setting.with_rows)


def _fires(alert: Story, setting: Setting) -> Words:
    if alert.since >= setting.window.start:
        return sentence(text("Alert"), name(alert.about), text("fires"), _whom(alert, setting))
    before = () if {"fired", "since"} & alert.first.best.numbers.keys() else text("or before")
    since = (Word(setting.window.clock(alert.since)),)
    return sentence(text("Alert"), name(alert.about), _whom(alert, setting), text("has fired since"), since, before)


def _folded(alert: Story, setting: Setting) -> Words:
    firing, many = alert.at(Step.STARTED), instances(alert)
    last = time(firing[-1].best.at, setting.tz)
    if many > 1:
        same = clock(firing[-1].best.at, setting.tz) == clock(alert.since, setting.tz)
        then = () if same else (Word(", the last at "), *last)
        return (Word(" ("), *number(f"{many}"), Word(" instances"), *then, Word(")"))
    if len(firing) > 1:
        times = number(f"{len(firing)}")
        first = time(alert.since, setting.tz)
        one = first[0].text == last[0].text
        when = (Word("at "), *first) if one else (Word("between "), *first, Word(" and "), *last)
        return (Word(" ("), *times, Word(" times "), *when, Word(")"))
    return ()


def _ongoing(alert: Story, setting: Setting) -> Words:
    end = time(setting.window.end, setting.tz)
    if alert.over is None:
        return (Word(", its end not seen by "), *end)
    return (Word(", still firing at "), *end) if alert.over > setting.window.end else ()
