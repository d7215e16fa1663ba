"""Rules about actions: each has an owner, a due date and a link, and it can be verified that it is done."""

import re
from collections.abc import Iterator

from collector.postmortem.lines import indented, outermost
from collector.postmortem.page import Page, Section, column
from collector.postmortem.rules.finding import Finding
from collector.postmortem.table import Table, key

_PARTS = {
    "owner": ("owner", "assignee", "responsible", "who"),
    "due date": ("due", "deadline", "date", "when", "target", "eta"),
    "link": ("link", "ticket", "issue", "tracking", "jira", "bug", "reference", "merge request"),
}
_OPEN = re.compile(
    r"(?:tbd|tba|todo|n/?a|none|unknown|unassigned|soon|asap|later|someday|ongoing|[-\u2013\u2014?.\u2026_*x ]*)",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:be(?:ing)? (?:more |extra )?(?:careful|cautious|vigilant|aware|diligent|mindful|attentive)"
    r"|take (?:more|better|extra|greater) care|pay (?:more|closer|better) attention|double[- ]check(?: more)?"
    r"|try (?:harder|to)\b|do better|remember to|keep in mind|raise awareness|think (?:about|twice)"
    r"|(?:look|dig) into|avoid mistakes|communicate better|improve communication|remind (?:everyone|people|the team)"
    r"|make (?:it|this|things) better"
    r"|follow the (?:process|procedure|runbook|rules)"
    r"|monitor the situation|keep an eye on"
    r"|(?:train|educate) (?:everyone|people|staff|the team|(?:the |all )?engineers)"
    r"|(?<!\w )(?:consider|investigate)\b)",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s*(?:[-*+]|[0-9]{1,9}[.)])\s+(?:\[[ xX]\]\s+)?(.+)")
_IN_TEXT = {
    "owner": re.compile(r"(?<!\w)@\w|\b(?:owner|assignee|assigned to)\b\W*\w", re.IGNORECASE),
    "due date": re.compile(
        r"\b(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}"
        r"|(?i:due|deadline|eta)\b|by [0-9A-Z]|Q[1-4]\b)"
    ),
    "link": re.compile(r"https?://|\]\(|\]\[|(?<!\w)#[0-9]+|\b[A-Z][A-Z0-9]+-[0-9]+\b"),
}


def check_actions(page: Page) -> Iterator[Finding]:
    """Check every table and list below a heading about actions."""
    for section in page.named("action", "follow-up", "follow up", "remediation item", "next step"):
        inside: set[int] = set()
        for table in page.tables(section):
            inside |= set(range(table.start, table.end))
            yield from _table(table)
        yield from _list(page, section, inside)


def _table(table: Table) -> Iterator[Finding]:
    places = {part: column(table, *words) for part, words in _PARTS.items()}
    for part, at in places.items():
        if at is None:
            yield Finding(table.start + 1, "action", f"the actions have no column for the {part}")
    about = column(table, "action", "task", "what", "item") or 0
    for line, row in enumerate(table.rows, table.start + 3):
        what = key(row[about]) if about < len(row) else ""
        if not any(key(cell) for cell in row):
            yield Finding(line, "action", "an empty action")
            continue
        name = f"the action {what[:60]!r}" if what else "an action without words"
        for part, at in places.items():
            if at is not None and (at >= len(row) or _OPEN.fullmatch(key(row[at]))):
                yield Finding(line, "action", f"{name} has no {part}")
        yield from _vague(what, line)


def _list(page: Page, section: Section, inside: set[int]) -> Iterator[Finding]:
    outer = outermost(page.lines[section.start : section.end])
    for at in range(section.start, section.end):
        found = _ITEM.match(page.lines[at])
        # Indented lines belong to the action above them.
        if at in inside or found is None or indented(page.lines[at], outer):
            continue
        end = at + 1
        while end < section.end and indented(page.lines[end], outer):
            end += 1
        whole = " ".join([found[1], *page.lines[at + 1 : end]])
        for part, pattern in _IN_TEXT.items():
            if not pattern.search(whole):
                yield Finding(at + 1, "action", f"the action {key(found[1])[:60]!r} has no {part}")
        yield from _vague(key(found[1]), at + 1)


def _vague(what: str, line: int) -> Iterator[Finding]:
    found = _VAGUE.search(what)
    if found:
        yield Finding(line, "unverifiable", f"nobody can verify {found[0]!r}; write what will be different, and where")
