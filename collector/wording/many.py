"""The rows of one alert that fires for many services at once, and of many services with the same symptom."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from collector.event import Kind
from collector.links import LinkKind
from collector.row import Row, Word
from collector.services.service import Service
from collector.stories.story import Step, Story
from collector.wording.numbers import clock, duration_text, some
from collector.wording.sentence import Words, capital, name, number, row, sentence, span, text, with_details
from collector.wording.setting import Setting
from collector.wording.symptoms import loads, surge_rows, worst


def many_alert_rows(alerts: Sequence[Story], setting: Setting) -> list[Row]:
    """The rows of one alert of many services: it fires, with the worst of its symptoms, and it is resolved."""
    ordered = sorted(alerts, key=lambda alert: (alert.since, alert.id))
    first, last = ordered[0], ordered[-1].since
    felt = [one for alert in ordered for one in setting.context.linked(alert, LinkKind.ABOUT, as_one=True)]
    words = sentence(text("Alert"), name(first.about), text("fires for"), number(f"{len(ordered)} services"))
    words += _listed(ordered, first.since, last, setting)
    words = with_details(words, worst(felt, setting.tz))
    under = [
        one for story in (*ordered, *felt) for step in (Step.STARTED, Step.RESUMED) for one in story.steps.get(step, ())
    ]
    over = [alert for alert in ordered if alert.over and alert.over <= setting.window.end]
    end = max(alert.over for alert in over if alert.over) if len(over) == len(ordered) else None
    firing = row(first, "fires for many", Kind.ALERT_FIRING, words, under, at=first.since, end=end, exact=first.first)
    rows = [*many_surge_rows(ordered, setting), firing]
    if over:
        ends = [one for alert in over for one in alert.at(Step.ENDED)]
        exact = max(ends, key=lambda one: one.best.at)
        at = exact.best.at
        whom = f"all {len(over)}" if len(over) == len(ordered) else f"{len(over)} of {len(ordered)} services"
        words = sentence(text("Alert"), name(first.about), text("resolved for"), number(whom))
        words = sentence(words, text("after"), number(duration_text(at - first.since)))
        rows.append(row(first, "resolved for many", Kind.ALERT_RESOLVED, words, ends, at=at, exact=exact))
    return [_of_no_single_service(one) for one in rows]


def many_symptom_rows(begun: Sequence[Story], over: Sequence[Story], setting: Setting) -> list[Row]:
    """The rows of a measure of many services: the start, for stories in `begun`, and the end, for those in `over`."""
    rows = []
    for step, stories in ((Step.STARTED, begun), (Step.ENDED, over)):
        if not stories:
            continue
        seen = sorted((one for story in stories for one in story.at(step)), key=lambda one: one.best.at)
        first, last = seen[0], seen[-1]
        exact = first if step == Step.STARTED else last
        words = capital(worst(stories, setting.tz, step=step, of=number(f"{len(stories)} services")))
        words += _listed(stories, first.best.at, last.best.at, setting)
        rows.append(row(stories[0], f"many {step}", exact.kind, words, seen, at=exact.best.at, exact=exact))
    return [_of_no_single_service(one) for one in rows]


def many_surge_rows(stories: Sequence[Story], setting: Setting) -> list[Row]:
    """One row for the surges of requests before these symptoms or alerts, with the numbers of the sharpest."""
    surged = sorted((story for story in stories if story.at(Step.SURGED)), key=_surged_at)
    if len({story.service for story in surged}) <= 1:
        return surge_rows(surged[0], setting) if surged else []
    first, last = _surged_at(surged[0]), _surged_at(surged[-1])
    words = sentence(text("Traffic of"), number(f"{len({story.service for story in surged})} services"), text("rises"))
    words += _listed(surged, first, last, setting)
    sharpest = max(surged, key=_growth)
    if numbers := loads(sharpest.at(Step.SURGED)[0].best):
        words += (Word(", most sharply that of "), *name(_called(sharpest.service, setting)), Word(": "), *numbers)
    seen = [one for story in surged for one in story.at(Step.SURGED)]
    return [_of_no_single_service(row(surged[0], "many surged", seen[0].kind, words, seen, exact=seen[0]))]


def _surged_at(story: Story) -> datetime:
    return story.at(Step.SURGED)[0].best.at


def _growth(story: Story) -> float:
    """How many times as many requests as before came in the surge; 0 if unknown."""
    numbers = story.at(Step.SURGED)[0].best.numbers
    before = numbers.get("load_before", 0)
    return numbers.get("load", 0) / before if before > 0 else 0


def _of_no_single_service(row: Row) -> Row:
    return replace(row, service="")


def _listed(stories: Sequence[Story], first: datetime, last: datetime, setting: Setting) -> Words:
    """` (web, orders, mail and 9 more)`, with the times if they span more than one minute."""
    names = sorted({_called(story.service, setting) for story in stories})
    when: Words = ()
    if clock(first, setting.tz) != clock(last, setting.tz):
        when = (Word(", "), *span(first, last, setting.tz))
    return (Word(" ("), *name(some(names)), *when, Word(")"))


def _called(service: Service, setting: Setting) -> str:
    return "".join(word.text for word in setting.service(service))
