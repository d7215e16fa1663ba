"""The words for errors, latency and traffic, in rows of their own or in those of an alert or deploy."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import partial

from collector.event import Event, Kind
from collector.merge import Occurrence
from collector.row import Row, Word
from collector.stories.story import Step, Story
from collector.wording.numbers import count, percent, rate, seconds
from collector.wording.sentence import (
    Words,
    capital,
    detail,
    implied,
    in_brackets,
    listing,
    number,
    row,
    sentence,
    text,
    time,
)
from collector.wording.setting import Setting

_TRAFFIC = (Kind.TRAFFIC_FELL, Kind.TRAFFIC_ROSE)
_WORST: Mapping[Kind, tuple[Callable[[Iterable[float]], float], str]] = {
    Kind.ERRORS_ROSE: (max, "as much as"),
    Kind.LATENCY_ROSE: (max, "as much as"),
    Kind.TRAFFIC_FELL: (min, "as little as"),
    Kind.ERRORS_FELL: (max, "at most"),
    Kind.LATENCY_FELL: (max, "at most"),
    Kind.TRAFFIC_ROSE: (min, "at least"),
}
"""The function that selects the worst of several levels, and the words that mark it as a bound of all."""
_RISES = (Kind.ERRORS_ROSE, Kind.LATENCY_ROSE, Kind.TRAFFIC_ROSE)


def symptom_rows(symptom: Story, setting: Setting, *, begun: bool = True, over: bool = True) -> list[Row]:
    """A row for the start of a symptom, if `begun`, and one for its end, if `over`."""
    rows = []
    tz = setting.tz
    for one in symptom.at(Step.STARTED)[: 1 if begun else 0]:
        words = capital(beginning(symptom, tz, of=setting.service(symptom.service), since=False))
        rows.append(row(symptom, "started", one.kind, words, [one], end=symptom.over))
    rows += surge_rows(symptom, setting)
    for number_, one in enumerate(symptom.at(Step.CHANGED)):
        words = capital(_moves(one, setting.service(symptom.service)))
        rows.append(row(symptom, f"changed {number_}", one.kind, words, [one]))
    for one in symptom.at(Step.ENDED)[: 1 if over else 0]:
        words = capital(_moves(one, setting.service(symptom.service)))
        since = one.best.numbers.get("since")
        if not symptom.at(Step.STARTED) and since is not None:
            words += (Word(" (since before "), *time(_unix(since), tz), Word(")"))
        rows.append(row(symptom, "ended", one.kind, words, [one]))
    return rows


def surge_rows(story: Story, setting: Setting) -> list[Row]:
    """A row for the surge of requests before a symptom or an alert; none if there was none."""
    surged = story.at(Step.SURGED)
    of = implied(sentence(text("of"), setting.service(story.service)))
    words = sentence(text("Traffic"), of, text("rises"), loads(surged[0].best)) if surged else ()
    return [row(story, "surged", surged[0].kind, words, surged)] if surged else []


def beginning(symptom: Story, tz: tzinfo, of: Words = (), *, since: bool = True) -> Words:
    """`5xx ratio up from 0.1% to 40%, rising since 14:03 (peak 41.2% at 14:09, 5,412 of 13,004 requests)`.

    Without `since`, the row already has the time: `5xx ratio rises from 0.1% to 40%`. If its start was not seen:
    `5xx ratio is 40% (since before 13:20)`.
    """
    begun = symptom.at(Step.STARTED)
    if not begun:
        return _goes_on(symptom, tz)
    what = begun[0].best
    numbers, value = what.numbers, _unit(what)
    extremes = [name for name in ("peak", "lowest") if name in numbers and f"{name}_at" in numbers]
    more = listing(
        *(
            sentence(text(name), number(value(numbers[name])), text("at"), time(_unix(numbers[f"{name}_at"]), tz))
            for name in extremes
        ),
        sentence(number(count(numbers["errors"])), text("of"), number(count(numbers["requests"])), text("requests"))
        if {"errors", "requests"} <= numbers.keys()
        else (),
        sentence(text("p95"), number(seconds(numbers["p95_before"])), text("to"), number(seconds(numbers["p95_after"])))
        if {"p95_before", "p95_after"} <= numbers.keys()
        else (),
    )
    surge = () if symptom.at(Step.SURGED) else _surge(what)
    if not since:
        return (*_moves(begun[0], of), *surge, *in_brackets(detail(more)))
    way, moving = ("up", "rising since") if what.kind in _RISES else ("down", "falling since")
    begun_at = (Word(", "), *sentence(text(moving), time(what.at, tz)))
    return (*_moves(begun[0], of, way), *begun_at, *surge, *in_brackets(detail(more)))


def _surge(what: Event) -> Words:
    """`, traffic rises from 40 to 220 requests/s`, where several times as many requests came as before."""
    numbers = loads(what)
    return (Word(", "), *sentence(text("traffic rises"), numbers)) if numbers else ()


def loads(what: Event) -> Words:
    """`from 40 to 220 requests/s`."""
    before, load = (what.numbers.get(name) for name in ("load_before", "load"))
    if before is None or load is None:
        return ()
    low, high = rate(before, load), rate(load, load)
    return sentence(text("from"), number(low.partition(" ")[0]), text("to"), number(high))


def worst(symptoms: Sequence[Story], tz: tzinfo, *, step: Step | None = None, of: Words = ()) -> Words:
    """The worst of several like symptoms: `5xx ratio rises to as much as 62.5%, since 15:03`; empty if they differ.

    With `step`, only that step, without a time: `5xx ratio of 12 services falls to at most 0.1%`.
    """
    seen = [one for symptom in symptoms for one in symptom.at(step or Step.STARTED)]
    if not seen or len({(one.kind, _measure(one.best)) for one in seen}) > 1:
        return ()
    levels = [one.best.numbers["after"] for one in seen if "after" in one.best.numbers]
    verb = "rises" if seen[0].kind in _RISES else "falls"
    extreme, bound = _WORST[seen[0].kind]
    level = number(_unit(seen[0].best)(extreme(levels))) if levels else ()
    bounded = text(bound) if len({_unit(seen[0].best)(each) for each in levels}) > 1 else ()
    words = sentence(text(_measure(seen[0].best)), sentence(text("of"), of) if of else (), text(verb))
    words = sentence(words, sentence(text("to"), bounded, level) if level else ())
    if step is None:
        words += (Word(", since "), *time(min(one.best.at for one in seen), tz))
    return words


def _goes_on(symptom: Story, tz: tzinfo) -> Words:
    over = symptom.at(Step.ENDED)
    level = over[0].best.numbers.get("before") if over else None
    if level is None:
        return ()
    what = over[0].best
    words = sentence(text(_measure(what)), text("is"), number(_unit(what)(level)))
    since = what.numbers.get("since")
    return (*words, Word(" (since before "), *time(_unix(since), tz), Word(")")) if since is not None else words


def ending(symptom: Story) -> Words:
    """`5xx ratio falls from 40% to 3%`, or `5xx ratio back to 0%` if it is as before; empty if it went on."""
    over = symptom.at(Step.ENDED)
    if not over or not _is_as_before(symptom):
        return _moves(over[0]) if over else ()
    what = over[0].best
    return sentence(text(_measure(what)), text("back to"), number(_unit(what)(what.numbers["after"])))


def _is_as_before(symptom: Story) -> bool:
    """Whether it ended at the level it had before it started, or at a better one."""
    begun, over = symptom.at(Step.STARTED), symptom.at(Step.ENDED)
    before = begun[0].best.numbers.get("before") if begun else None
    after = over[0].best.numbers.get("after")
    if before is None or after is None:
        return False
    return after >= before if over[0].kind == Kind.TRAFFIC_ROSE else after <= before


def _moves(one: Occurrence, of: Words = (), way: str = "") -> Words:
    """`5xx ratio rises from 0.1% to 40%`, with `way` in place of the verb."""
    what = one.best
    before, after, value = what.numbers.get("before"), what.numbers.get("after"), _unit(what)
    verb = way or ("rises" if what.kind in _RISES else "falls")
    low, high = (value(level) if level is not None else "" for level in (before, after))
    if low.partition(" ")[2] == high.partition(" ")[2]:
        low = low.partition(" ")[0]
    return sentence(
        text(_measure(what)),
        implied(sentence(text("of"), of)) if of else (),
        text(verb),
        sentence(text("from"), number(low)) if low else (),
        sentence(text("to"), number(high)) if high else (),
    )


def _measure(what: Event) -> str:
    return "traffic" if what.kind in _TRAFFIC else what.keys.measure or "error ratio"


def _unit(what: Event) -> Callable[[float], str]:
    if what.kind not in _TRAFFIC:
        return percent
    most = max((what.numbers.get(name, 0) for name in ("before", "after", "peak")), default=0)
    return partial(rate, most=most)


def _unix(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)
