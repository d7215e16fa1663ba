"""The phases of an incident: started, detected, identified, mitigated, resolved, each with how it was found."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import tzinfo

from msgspec.structs import replace

from collector.event import Kind
from collector.merge import Occurrence
from collector.phases.corrections import first_standing_cause
from collector.phases.flags_back import flags_back
from collector.phases.identified import identifies
from collector.phases.incidents import incidents
from collector.phases.scaled_up import scaled_up
from collector.phases.suspects import suspects_of
from collector.phases.words import about_trouble, begins, ends_effects, lasting, mitigates, only_ships, resolves
from collector.result import Phase
from collector.row import Row
from collector.stories.story import Step, Story, StoryType
from collector.wording.numbers import clock

_FELT = (StoryType.SYMPTOM, StoryType.ALERT)
_FIRST = (Kind.ALERT_FIRING, Kind.NOTE, Kind.SILENCE_STARTED)


def phases_of_each(
    rows: Sequence[Row],
    effects: Sequence[Story],
    scalings: Sequence[Story],
    weights: Mapping[str, float],
    tz: tzinfo,
    silenced: Sequence[Occurrence] = (),
) -> list[tuple[Phase, ...]]:
    """The phases of each incident in the window, the worst incident first; at least one item, which may be empty.

    `silenced` are the alerts of `collector.phases.muted`.
    """
    groups = incidents([story for story in effects if story.type != StoryType.DEPLOY])
    if len(groups) == 1:
        return [phases(rows, effects, scalings, tz, silenced)]
    begins = [min(story.first.best.earliest for story in group) for group in groups]
    found = []
    for group, following in zip(groups, [*begins[1:], None], strict=True):
        ours = [row for row in rows if following is None or row.at < following]
        about = ", ".join(sorted({story.service.name or story.about for story in group}))
        found.append(tuple(replace(phase, about=about) for phase in phases(ours, group, scalings, tz, silenced)))
    costs = [max(weights.get(story.id, 0) for story in group) for group in groups]
    return [found[place] for place in sorted(range(len(groups)), key=lambda place: -costs[place])]


def phases(
    rows: Sequence[Row],
    effects: Sequence[Story],
    scalings: Sequence[Story],
    tz: tzinfo,
    silenced: Sequence[Occurrence] = (),
) -> tuple[Phase, ...]:
    """The five phases; none if no story in the window cost anything and no note mentions a phase.

    `effects` are the stories with rows and a cost, `scalings` those about numbers of pods. An unknown phase has the
    reason why, with times in `tz`.
    """
    costly = [story for story in effects if story.type != StoryType.DEPLOY]
    if not costly and not _notes_mark_a_phase(rows):
        return ()
    started = _started(costly, rows) if costly else _noted_start(rows)
    after = [row for row in rows if started.earliest is None or row.at >= started.earliest]
    found = [
        started,
        _detected(after, silenced),
        _identified(after, rows, tz),
        _mitigated(after, costly, scalings, flags_back(rows, started)),
        _resolved(after, costly),
    ]
    begin = started.at
    return tuple(
        replace(phase, after=phase.at - begin) if phase.at and begin and phase is not started else phase
        for phase in found
    )


def _notes_mark_a_phase(rows: Sequence[Row]) -> bool:
    """Whether a note reports the start, the cause, the mitigation or the end of an incident."""
    known = suspects_of(rows)
    marks = (begins, mitigates, ends_effects, resolves, lambda note: identifies(note, known))
    return any(row.kind == Kind.NOTE and mark(row.text) for row in rows for mark in marks)


def _started(costly: Sequence[Story], rows: Sequence[Row]) -> Phase:
    """The earliest effect. Errors and lost traffic come before the alerts about them."""
    # If several began within one scrape, take the one that the rows show first: it has the earlier best time.
    first = min(costly, key=lambda story: (story.first.best.earliest, story.since, story.id))
    best = first.first.best
    return Phase("started", best.at, best.earliest, best.latest, best.summary, _row_of(first, rows))


def _noted_start(rows: Iterable[Row]) -> Phase:
    row = next((row for row in rows if row.kind == Kind.NOTE and begins(row.text)), None)
    return _from_row("started", row, "a note") if row else _unknown("started", "no source shows an effect")


def _detected(after: Sequence[Row], silenced: Sequence[Occurrence]) -> Phase:
    """The first alert that notified somebody, or the first that people wrote or did about the trouble."""
    unseen = {id(one) for one in silenced}
    heard = [row for row in after if row.kind in _FIRST and not _is_muted(row, unseen)]
    written = [row for row in heard if row.kind != Kind.NOTE or not (begins(row.text) or only_ships(row.text))]
    # Without a note about any trouble, the first note of any other sort counts.
    first = next(
        (row for row in written if row.kind != Kind.NOTE or about_trouble(row.text)), next(iter(written), None)
    )
    if first is not None:
        by = "the first alert" if first.kind == Kind.ALERT_FIRING else "the first that somebody wrote or did"
        return _from_row("detected", first, by)
    alerts = "every alert was silenced" if any(_is_muted(row, unseen) for row in after) else "no alert fired"
    return _unknown("detected", f"{alerts} and nobody wrote anything")


def _is_muted(row: Row, unseen: Collection[int]) -> bool:
    """Whether the row is about an alert that notified nobody; `unseen` are the ids of the silenced Occurrences."""
    fired = [one for one in row.occurrences if one.kind == Kind.ALERT_FIRING]
    return row.kind == Kind.ALERT_FIRING and all(id(one) in unseen for one in fired)


def _identified(after: Sequence[Row], rows: Sequence[Row], tz: tzinfo) -> Phase:
    notes = [row for row in after if row.kind in (Kind.NOTE, Kind.ANNOTATION)]
    place = first_standing_cause((row.text for row in notes), suspects_of(rows))
    if place is not None:
        return _from_row("identified", notes[place], "the first note that names a cause")
    rollback = next((row for row in after if row.kind == Kind.ROLLBACK_STARTED), None)
    by = f"; the rollback began at {clock(rollback.at, tz)}" if rollback else ""
    return _unknown("identified", f"no note names a cause{by}")


def _mitigated(
    after: Sequence[Row], costly: Sequence[Story], scalings: Iterable[Story], turned_back: Mapping[str, str]
) -> Phase:
    ended = [story for story in costly if story.type == StoryType.SYMPTOM and story.over]
    going_on = [story for story in costly if story.type == StoryType.SYMPTOM and not story.over]
    if ended and not going_on:
        last = max(ended, key=lambda story: (story.over or story.since, story.id))
        best = last.at(Step.ENDED)[-1].best
        holder = next((row.id for row in after if any(one.best is best for one in row.occurrences)), "")
        return Phase("mitigated", best.at, best.earliest, best.latest, best.summary, holder)
    ended_by = {row.id for row in _lasting_ends(after, ends_effects)}
    for row in after:
        noted = row.id in ended_by or (row.kind == Kind.NOTE and mitigates(row.text))
        if row.id in turned_back:
            return _from_row("mitigated", row, turned_back[row.id])
        if row.kind == Kind.ROLLBACK_COMPLETED or noted:
            return _from_row("mitigated", row, "a note" if noted else "the rollback was complete")
    if not going_on and (found := scaled_up(after, costly, scalings)):
        row, best = found
        by = "it was scaled up, and the last alert was resolved after that"
        return Phase("mitigated", best.at, best.earliest, best.latest, by, row.id)
    return _unknown("mitigated", "the effects were not seen to end" if going_on else "nothing was seen that ended them")


def _resolved(after: Sequence[Row], costly: Iterable[Story]) -> Phase:
    felt = [story for story in costly if story.type in _FELT]
    if felt and all(story.over for story in felt):
        last = max(felt, key=lambda story: (story.over or story.since, story.id))
        one = max(last.at(Step.ENDED), key=lambda one: one.best.at).best
        by = "the last alert is resolved" if last.type == StoryType.ALERT else one.summary
        holder = next((row.id for row in after if any(seen.best is one for seen in row.occurrences)), "")
        return Phase("resolved", one.at, one.earliest, one.latest, by, holder)
    noted = [*_lasting_ends(after, resolves), *_lasting_ends(after, ends_effects)]
    if noted:
        return _from_row("resolved", noted[0], "a note")
    going_on = next((story for story in felt if not story.over), None)
    why = f"{going_on.about or going_on.type} was not seen to end" if going_on else "no alert and no note has its end"
    return _unknown("resolved", why)


def _lasting_ends(after: Iterable[Row], ends: Callable[[str], bool]) -> list[Row]:
    """The notes that report an end, see `lasting`."""
    notes = [row for row in after if row.kind == Kind.NOTE]
    return [notes[at] for at in lasting([row.text for row in notes], ends)]


def _from_row(name: str, row: Row, by: str) -> Phase:
    return Phase(name, row.at, row.earliest or row.at, row.latest or row.at, by, row.id)


def _unknown(name: str, why: str) -> Phase:
    return Phase(name, None, None, None, why)


def _row_of(story: Story, rows: Iterable[Row]) -> str:
    first = story.first
    return next((row.id for row in rows if any(one is first for one in row.occurrences)), "")
