"""Explains why a row is in the table, and why anything else is not."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from collector.event import Event, order
from collector.result import Decision
from collector.row import Row
from collector.significance import Rule
from collector.stories.story import Story
from collector.timeline import Draft

_OUTCOMES = {"row": "has rows", "named": "is named or counted under the table", "dropped": "is left out"}
_MOST = 20
"""Maximum number of Events or Occurrences to list; the rest are counted."""


def explain(draft: Draft, what: str = "") -> list[str]:
    """Lines about a row (its number in the table or its id), a story (its id), an Event (its id), or any text.

    Without `what`, an overview of all decisions. The lines contain text from outside that is not escaped.
    """
    if not what:
        return list(_overview(draft))
    rows = draft.timeline.rows
    by_number = what.isascii() and what.isdecimal() and 1 <= int(what) <= len(rows)
    found = [rows[int(what) - 1]] if by_number else [row for row in rows if what in (row.id, row.story)]
    if found:
        return [line for row in found for line in _row(row, draft)]
    stories = [(story, rule) for story, rule in draft.stories if story.id == what]
    if stories:
        return [line for story, rule in stories for line in _story(story, rule, draft)]
    return list(_search(what, draft))


def _overview(draft: Draft) -> Iterator[str]:
    timeline, counts = draft.timeline, draft.timeline.accounting
    yield f"{timeline.events:,} events: {counts.rows:,} in {len(timeline.rows)} rows, {counts.folded:,} folded"
    yield f"  or named under the table, {counts.dropped:,} dropped"
    because = {rule.name: rule.because for _, rule in draft.stories}
    yield "Events in no row, by the rule that decided:"
    for name, number in counts.rules.items():
        reason = f" ({because[name]})" if name in because else ""
        yield f"  {number:>8,}  {name}{reason}"
    yield "Rows:"
    for number, row in enumerate(timeline.rows, 1):
        yield f"  {number:>3}  {row.id}  {timeline.window.clock(row.at)}  {row.text}"
    names = draft.directory.differing()
    if names:
        yield "Names that are one service:"
        for name, resolved in names:
            yield f"  {name} is {_service(resolved.service.name, resolved.service.namespace)}: {resolved.reason}"


def _row(row: Row, draft: Draft) -> Iterator[str]:
    yield f"Row {row.id}: {row.text}"
    earliest, latest = row.earliest or row.at, row.latest or row.at
    yield f"  at {_stamp(row.at)}, which is known to lie between {_stamp(earliest)} and {_stamp(latest)}"
    for story, rule in draft.stories:
        if story.id == row.story:
            yield from _why(story, rule, draft)
    yield f"  {len(row.events)} events:"
    # Several notes in one row are printed in full nowhere else.
    yield from _events(row.events, len(row.events) if row.notes else _MOST)


def _story(story: Story, rule: Rule, draft: Draft) -> Iterator[str]:
    yield f"Story {story.id}: {story.type} of {_service(story.service.name, story.service.namespace)} {story.about}"
    yield from _why(story, rule, draft)
    yield from _events([event for one in story.occurrences() for event in one.events])


def _why(story: Story, rule: Rule, draft: Draft) -> Iterator[str]:
    outcome = {"row": "has rows", "named": "is named or counted under the table", "dropped": "is left out"}[
        rule.outcome
    ]
    yield f"  story {story.id} ({story.type}) {outcome} by the rule “{rule.name}”: {rule.because}"
    weight = draft.context.weights.get(story.id, 0)
    if weight:
        yield f"  it weighs {weight:.0f}; what weighs {draft.context.threshold:.0f} or more has rows of its own"
    ids = {story.id, *(part.id for part in story.parts)}
    names = {one.id: one for one, _ in draft.stories} | {p.id: p for one, _ in draft.stories for p in one.parts}
    for link in draft.links:
        if ids & {link.one, link.other}:
            one, other = names.get(link.one), names.get(link.other)
            if one and other:
                yield f"  {_called(one)} {link.kind} {_called(other)}: {', '.join(link.reasons)}"


def _search(what: str, draft: Draft) -> Iterator[str]:
    wanted = what.casefold()
    rows = [row for row in draft.timeline.rows if wanted in row.text.casefold()]
    if what.isascii() and what.isdecimal():
        yield f"The table has {len(draft.timeline.rows)} rows; {what} as a text:"
    for row in rows:
        yield f"Row {row.id}: {row.text}"
    found = [one for one in draft.decisions if any(_matches(event, wanted) for event in one.occurrence.events)]
    silent = [event for event in draft.silent if _matches(event, wanted)]
    window = draft.timeline.window
    # People ask more often about things in the window than about things long before it.
    found.sort(key=lambda one: not window.overlaps(one.occurrence.best.earliest, one.occurrence.best.latest))
    silent.sort(key=lambda event: (not window.overlaps(event.earliest, event.latest), order(event)))
    if not rows and not found and not silent:
        yield f"No row, story or event has {what}; without it, explain lists the rows and the rules"
        return
    for decision in found[:_MOST]:
        yield from _decided(decision)
    for event in silent[: max(0, _MOST - len(found))]:
        yield f"{_stamp(event.at)} {event.source} {event.native_id}: {event.summary}"
        yield "  is in no row: it has no meaning of its own, the system notes such things all day"
    more = len(found) + len(silent) - _MOST
    if more > 0:
        yield f"and {more:,} more"


def _decided(decision: Decision) -> Iterator[str]:
    best = decision.occurrence.best
    yield f"{_stamp(best.at)} {best.kind} {best.source} {best.native_id}: {best.summary}"
    if decision.outcome == "row":
        yield f"  is under row {decision.row}, by the rule “{decision.rule}”: {decision.because}"
    else:
        story = f" (story {decision.story})" if decision.story else ""
        yield f"  is in no row{story}, by the rule “{decision.rule}”: {decision.because}"


def _matches(event: Event, wanted: str) -> bool:
    texts: Iterable[str] = (event.native_id, event.summary, event.subject.service, event.subject.pod)
    return any(wanted in text.casefold() for text in texts)


def _events(events: Sequence[Event], most: int = _MOST) -> Iterator[str]:
    for event in events[:most]:
        yield f"    {_stamp(event.at)} {event.source}: {event.summary}"
        where = event.url or event.query
        if where:
            yield f"      {where}"
    if len(events) > most:
        yield f"    and {len(events) - most:,} more"


def _called(story: Story) -> str:
    return f"{story.type} {story.service.name} {story.about}".replace("  ", " ").strip()


def _service(name: str, namespace: str) -> str:
    return f"{name} in {namespace}" if name and namespace else name or "no service"


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}Z"
