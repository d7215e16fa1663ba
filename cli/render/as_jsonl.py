"""All events as JSON Lines, each with its rows or the reason why it has none; see docs/formats.md."""

import json
from collections.abc import Iterator

from cli.render.as_json import instant
from cli.render.clean import one_line, page
from cli.render.look import PLAIN, Look
from collector.accounting import NO_MEANING, NOT_ASKED
from collector.event import Event, Identity, Subject, order
from collector.result import Decision, Timeline

_SILENT = ("dropped", NO_MEANING, "the system notes such things all day", "")
_ELSEWHERE = ("dropped", NOT_ASKED, "it is of a namespace that was not asked for", "")
Outcome = tuple[str, str, str, str]
"""The outcome of an Event (`row`, `folded`, `dropped`), the rule that decided it, why, and the id of its story."""


def render(timeline: Timeline, look: Look = PLAIN) -> str:  # noqa: ARG001 - as every format is called
    """One line for each Event that was gathered, in order of time."""
    rows: dict[int, list[str]] = {}
    for row in timeline.rows:
        for event in row.events:
            rows.setdefault(id(event), []).append(row.id)
    decided = sorted(_decided(timeline), key=lambda one: order(one[0]))
    lines = (
        json.dumps(_line(event, *outcome, rows.get(id(event), [])), ensure_ascii=False) for event, outcome in decided
    )
    return "".join(f"{line}\n" for line in lines)


def _decided(timeline: Timeline) -> Iterator[tuple[Event, Outcome]]:
    for one in timeline.decisions:
        for event in one.occurrence.events:
            yield event, _outcome(one)
    yield from ((event, _SILENT) for event in timeline.silent)
    yield from ((event, _ELSEWHERE) for event in timeline.elsewhere)


def _outcome(one: Decision) -> Outcome:
    return one.outcome, one.rule, one.because, one.story


def _line(event: Event, outcome: str, rule: str, because: str, story: str, rows: list[str]) -> dict[str, object]:
    return {
        "time": instant(event.at),
        "earliest": instant(event.earliest),
        "latest": instant(event.latest),
        "kind": event.kind.value,
        "source": one_line(event.source),
        "id": one_line(event.native_id),
        "text": one_line(event.summary),
        "actor": one_line(event.actor) or None,
        "url": page(event.url) or None,
        "query": one_line(event.query) or None,
        "subject": _known(event.subject),
        "keys": _known(event.keys),
        "numbers": {one_line(name): number for name, number in sorted(event.numbers.items())},
        # With --detail full, events that the rules leave out have rows too.
        "outcome": "row" if rows else outcome,
        "rule": one_line(rule),
        "because": one_line(because),
        "story": story or None,
        "rows": rows,
    }


def _known(parts: Subject | Identity) -> dict[str, str]:
    """The fields that are not empty."""
    values = {name: one_line(getattr(parts, name)) for name in parts.__struct_fields__}
    return {name: value for name, value in values.items() if value}
