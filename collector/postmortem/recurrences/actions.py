"""The actions of a postmortem: in tables, lists and task lists."""

import re
from collections.abc import Iterator
from datetime import date

from collector.postmortem.lines import indented, outermost
from collector.postmortem.page import Page, Section, column
from collector.postmortem.recurrences.dates import AmbiguousDay, due_day
from collector.postmortem.recurrences.report import Action, State
from collector.postmortem.recurrences.sections import about
from collector.postmortem.recurrences.states import state_of
from collector.postmortem.table import Table, key

_ITEM = re.compile(r"\s*(?:[-*+]|[0-9]{1,9}[.)])\s+(?P<box>\[(?P<mark>[^\]]?)\]\s+)?(?P<text>\S.*)$")
_DONE_MARKS, _DROPPED_MARKS = "xX", "-~"
_DUE = re.compile(r"(?:\bdue(?: date)?\b|\bby\b|\bdeadline\b|\buntil\b|\beta\b|\U0001F4C5)\W{0,3}", re.IGNORECASE)
_DONE_ON = re.compile(r"(?:\b(?:done|completed?|closed|fixed|merged|shipped)\b(?: on)?|\u2705)\W{0,3}", re.IGNORECASE)
_OWNER = re.compile(
    r"(?<![\w/])@([\w][\w./-]*)|\b(?:owner|assignee|assigned to)\b\W{1,3}([\w][\w .-]{0,40})", re.IGNORECASE
)
_OPEN_CELL = re.compile(
    r"(?:tb[adc]|todo|n/?a|none|unknown|unassigned|asap|[-\u2013\u2014?.\u2026_*x ]*)", re.IGNORECASE
)
_STRUCK = re.compile(r"~~.+~~")
_STATUS = re.compile(r"\bstatus\b\W{1,3}(\w[\w ]{0,30})", re.IGNORECASE)
_MARKED = re.compile(r"\*\*(DONE|TODO|WIP|OPEN|IN PROGRESS)\*\*")
"""Status marks as Google writes them: `Bug 5554823 **TODO**`."""
_LIST = re.compile(r"\s*(?:[-*+]|[0-9]{1,9}[.)])\s")
Unread = list[tuple[int, str]]


def actions(read: Page, day: date | None, unread: Unread) -> tuple[Action, ...]:
    """All actions below headings about actions, and all tasks (`- [ ]`) elsewhere.

    Everything that could not be read is added to `unread` as line and reason. `day` is the date of the incident.
    """
    found: list[Action] = []
    used: set[int] = set()
    sections = about(read, "actions")
    for section in sections:
        before = len(found) + len(unread)
        for table in read.tables(section):
            used |= set(range(table.start, table.end))
            found += _table(table, day, unread)
        found += _list(read, section, used, day, unread, every=True)
        lines = [read.lines[at] for at in range(section.start, section.end) if at not in used]
        if len(found) + len(unread) == before and any(line.strip() for line in lines) and len(sections) == 1:
            unread.append((section.heading + 1, "there is text about actions, but neither a table nor a list"))
    inside = {section.start for section in sections}
    for section in read.sections:
        if section.start not in inside:
            found += _list(read, section, used, day, unread, every=False)
    return tuple(sorted(found, key=lambda action: action.line))


def _table(table: Table, day: date | None, unread: Unread) -> Iterator[Action]:
    what = column(
        table,
        "action",
        "task",
        "item",
        "what",
        "description",
        "todo",
        "follow",
        "ma\u00dfnahme",
        "massnahme",
        "aufgabe",
    )
    places = {
        "owner": column(table, "owner", "assignee", "responsible", "who", "dri", "verantwortlich"),
        "due": column(table, "due", "deadline", "target", "eta", "when", "f\u00e4llig", "frist"),
        "state": column(table, "status", "state", "progress", "done?"),
        "done": column(table, "done on", "completed", "closed", "finished", "done date"),
    }
    if what is None:
        unread.append((table.start + 1, f"a table of {len(table.rows)} actions has no column for what is to be done"))
        return
    if places["due"] is None:
        date_column = column(table, "date")
        places["due"] = date_column if date_column != places["done"] else None
    for line, row in enumerate(table.rows, table.start + 3):
        cells = [key(cell) for cell in row]
        text = cells[what] if what < len(cells) else ""
        get = {name: cells[at] if at is not None and at < len(cells) else "" for name, at in places.items()}
        if not any(cells):
            continue
        if not text:
            unread.append((line, "an action without words"))
            continue
        marked = next((cell for at, cell in enumerate(cells) if at not in places.values() and _MARKED.search(cell)), "")
        get["state"] = get["state"] or (_MARKED.findall(marked) or [""])[-1]
        state, done_on = _status(get["state"], get["done"], day, line, unread)
        if state is State.UNSTATED and _STRUCK.fullmatch(text):
            state = State.DONE
        due = _day(get["due"], day, line, "due date", unread)
        yield Action(
            line, text.strip("~"), "" if _OPEN_CELL.fullmatch(get["owner"]) else get["owner"], due, state, done_on
        )


def _status(text: str, done: str, day: date | None, line: int, unread: Unread) -> tuple[State, date | None]:
    state = state_of(text)
    done_on = _day_or_none(done, day) or (_day_or_none(text, day) if state is State.DONE else None)
    if done_on is not None and state in (None, State.UNSTATED):
        return State.DONE, done_on
    if state is None:
        unread.append((line, f"the status {text[:40]!r} is none that is known; it counts as open"))
        return State.OPEN, None
    return state, done_on if state is State.DONE else None


def _list(
    read: Page, section: Section, used: set[int], day: date | None, unread: Unread, *, every: bool
) -> Iterator[Action]:
    """The list items that are actions: those with a checkbox, and with `every` all that are not nested.

    A nested item without a checkbox belongs to the item above it.
    """
    at = section.start
    outer = outermost(read.lines[section.start : section.end])
    while at < section.end:
        found = _ITEM.match(read.lines[at]) if at not in used else None
        nested = indented(read.lines[at], outer)
        if found is None or not (found["box"] or (every and not nested)):
            at += 1
            continue
        end = at + 1
        while end < section.end and read.lines[end].strip() and _belongs(read.lines[end], outer) and end not in used:
            end += 1
        yield _action(at + 1, found, " ".join(map(key, (found["text"], *read.lines[at + 1 : end]))), day, unread)
        at = end


def _belongs(line: str, outer: int) -> bool:
    found = _ITEM.match(line)
    return not (found and (found["box"] or not indented(line, outer))) and not line.lstrip().startswith("|")


def _action(line: int, item: re.Match[str], text: str, day: date | None, unread: Unread) -> Action:
    mark = item["mark"] or ""
    done_at, due_at = _DONE_ON.search(text), _DUE.search(text)
    done_on = _day_or_none(text[done_at.end() : done_at.end() + 20], day) if done_at else None
    if item["box"]:
        state = (
            State.DONE
            if mark in _DONE_MARKS and mark
            else State.DROPPED
            if mark in _DROPPED_MARKS and mark
            else State.OPEN
        )
    elif (
        _STRUCK.search(text) or done_on or re.search(r"\u2705|\((?:done|completed?|fixed|merged)\)|^done\b", text, re.I)
    ):
        state = State.DONE
    else:
        stated = _STATUS.search(text)
        state = (state_of(stated[1]) if stated else None) or State.UNSTATED
    due = None
    if due_at:
        try:
            due = due_day(text[due_at.end() : due_at.end() + 24], day)
        except AmbiguousDay as ambiguous:
            unread.append((line, f"the due date {ambiguous} can be read in two ways"))
    owner = _OWNER.search(text)
    name = next(filter(None, owner.groups()), "").strip() if owner else ""
    return Action(line, text.strip("~"), name, due, state, done_on if state is State.DONE else None)


def _day(text: str, near: date | None, line: int, what: str, unread: Unread) -> date | None:
    if _OPEN_CELL.fullmatch(text):
        return None
    try:
        found = due_day(text, near)
    except AmbiguousDay as ambiguous:
        unread.append((line, f"the {what} {ambiguous} can be read in two ways"))
        return None
    if found is None:
        unread.append((line, f"the {what} {text[:40]!r} is no day that is understood"))
    return found


def _day_or_none(text: str, near: date | None) -> date | None:
    try:
        return due_day(text, near)
    except AmbiguousDay:
        return None
