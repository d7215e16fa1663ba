"""The dates that the days written in notes mean, given the window and all notes together."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from msgspec.structs import replace

from collector.window import Window
from sources.notes.days import Order, UnclearDay, WrittenDay, common_order, dates, style
from sources.notes.lines import Note, Untimed
from sources.notes.recordings import without_recordings
from sources.notes.times import is_inside


def dated(found: Iterable[Note | Untimed], window: Window) -> Iterator[Note | Untimed]:
    """The notes with their possible dates; a note with an ambiguous day becomes an Untimed.

    The order of day and month is the one that other dates of the same style prove, or that gives a day of the window.
    `Yesterday` and times without a date are placed by the window, unless other messages of the chat are of other days.
    """
    every = list(without_recordings(found, window))
    written = {note.stamp.written for note in every if isinstance(note, Note) and note.stamp.written is not None}
    styles = defaultdict(list)
    for day in written:
        styles[style(day)].append(day)
    orders = {key: common_order(days, _days(window)) if key else None for key, days in styles.items()}
    every = [
        _with_dates(note, window, orders.get(style(note.stamp.written)) if note.stamp.written else None)
        if isinstance(note, Note)
        else note
        for note in every
    ]
    forms = defaultdict(list)
    for note in every:
        if isinstance(note, Note):
            forms[note.stamp.form].append(note)
    days = {form: _day_of_copying(form, of_form, window) for form, of_form in forms.items()}
    for note in every:
        yield _with_relative_day(note, days[note.stamp.form]) if isinstance(note, Note) else note


def _with_dates(note: Note, window: Window, order: Order | None) -> Note | Untimed:
    written = note.stamp.written
    if written is None or written.relative is not None:
        return note
    near = _days(window if note.stamp.zone is None else replace(window, tz=note.stamp.zone))
    try:
        days = tuple(dates(written, near, order))
    except UnclearDay as unclear:
        return Untimed(note.line, note.text, str(unclear))
    except OverflowError:
        return Untimed(note.line, note.text, "has a date that is out of range")
    return replace(note, stamp=replace(note.stamp, days=days))


def _day_of_copying(form: str, of_form: Sequence[Note], window: Window) -> date | bool:
    """The date that `Today` means in notes of this form; False if that is ambiguous, True if the window decides."""
    relative = [note for note in of_form if _relative(note) is not None]
    near = _days(window)
    absolute = [
        min(note.stamp.days, key=lambda day: min(abs(day - each) for each in near))
        for note in of_form
        if note.stamp.days
    ]
    if len({_relative(note) for note in relative}) < 2 and not (form and absolute):
        return True
    # A chat that writes `Yesterday` does so for all messages of that day.
    after = timedelta(1 - min((_relative(note) or 0 for note in relative), default=0))
    earliest = max((*absolute, near[0] - timedelta(3))) + after
    possible = {
        day
        for shift in range((near[-1] - near[0]).days + 6)
        if (day := near[0] - timedelta(2) + timedelta(shift)) >= earliest
        and any(is_inside(note.stamp, _day(note, day), window) for note in relative)
    }
    return possible.pop() if len(possible) == 1 else False


def _with_relative_day(note: Note, copied: date | bool) -> Note | Untimed:
    if copied is True or _relative(note) is None:
        return note
    if copied is not False:
        return replace(note, stamp=replace(note.stamp, days=(_day(note, copied),)))
    if note.stamp.written is None:
        return Untimed(note.line, note.text, "has no date, and others of the same chat are of other days")
    return Untimed(
        note.line, note.text, f"is of {note.stamp.written.text.lower()}, and nothing shows of which day that is"
    )


def _relative(note: Note) -> int | None:
    """Days relative to the day of copying; None if it has a date or is not a chat message."""
    written: WrittenDay | None = note.stamp.written
    if written is None:
        return 0 if note.stamp.form else None
    return written.relative


def _day(note: Note, copied: date) -> date:
    written = note.stamp.written
    return copied + timedelta((_relative(note) or 0) + (written.later if written is not None else 0))


def _days(window: Window) -> list[date]:
    first, last = window.local(window.start).date(), window.local(window.end).date()
    return [first + timedelta(shift) for shift in range((last - first).days + 1)]
