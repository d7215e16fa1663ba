"""A draft as sentences: rows of tables, items of lists and prose, without Markdown."""

import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from msgspec import Struct

from collector.postmortem.lines import SYMBOL
from collector.postmortem.page import Page, Section, column
from collector.postmortem.table import Table, key
from collector.postmortem.verify.leading_times import AFTER_LEAD, LEAD, spoken

_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()\s]*(?:\s[^()]*)?\)|\[[^\[\]]*\])")
_URL = re.compile(r"<?\b(?:https?|mailto|ftp)://?[^\s<>|)]+>?")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_MARKS = re.compile(r"\*\*|__|~~|`+|(?<![\w*])[*_](?=\S)|(?<=\S)[*_](?![\w*])|^\s{0,3}(?:>\s?)+", re.MULTILINE)
_ITEM = re.compile(
    r"^\s*(?:\|\s*|(?:[-*+]|[0-9]{1,9}[.)])\s+(?:\[[ xX]\]\s+)?"
    rf"(?:{SYMBOL}\s*)*|(?:{SYMBOL}\s*)+)"
)
_DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:\s")
_STOP = re.compile(
    r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bca\.)(?<!\bvs\.)(?<!\bapprox\.)\s+(?=[A-Z0-9`\"(\u00c0-\uffff])"
    # A sentence may begin with the name of a service, in lower case.
    r"|(?<=[a-z]{4}[.!?])(?<!approx\.)(?<!incl\.)(?<!inkl\.)(?<!bzgl\.)\s+(?=[a-z])"
)
_TIME = re.compile(r"[0-9]{1,2}:[0-9]{2}")
_LABEL = re.compile(r"\s*[A-Z][\w()/ -]{1,40}(?<! ): +\S")
_BREAK = re.compile(r"(?:  |\\)$")
"""Ends a line that is shown as one of its own."""
_WORDS_OF_A_SECTION = 3
_LONGEST = 800
_SHORT_LINE = 40
_PLANS = re.compile(r"\b(?:action|follow[- ]?up|lesson|next step|todo|prevent|remediation)", re.IGNORECASE)


class Sentence(Struct, frozen=True):
    """One statement."""

    line: int
    """Line number, from 1."""
    lead: str
    """The time at its beginning, as written, mostly of a row or a list item; empty if there is none."""
    text: str
    zone: str
    """The header of the time column; empty outside tables."""
    group: int
    """A number that all rows of one table share; 0 outside tables."""
    plans: bool
    """Whether its section is about the future."""
    title: str = ""
    """The title of its section."""
    lines: tuple[tuple[int, int], ...] = ()
    """The position in the text and the line number of each line after the first."""

    def line_at(self, at: int) -> int:
        """The line number of this position in the text."""
        return max((line for start, line in self.lines if start <= at), default=self.line)


def sentences(page: Page) -> list[Sentence]:
    """All sentences in order. Of a generated timeline only caption, table and phases: `update` checks the rest."""
    details = _details(page)
    found: list[Sentence] = []
    for section in page.sections:
        plans = bool(_PLANS.search(section.title)) and not _is_title(section, page)
        inside: set[int] = set()
        for table in page.tables(section):
            rows = range(table.start, table.end)
            inside.update(rows)
            if table.start not in details:
                found += _rows(table, section, plans)
        if section.level and LEAD.match(plain(section.title)):
            # `## 14:06 UTC: the alert fires` is an entry of a timeline.
            found += _split([(section.heading + 1, section.title)], section, plans)
        elif section.level and section.title.strip():
            found.append(Sentence(section.heading + 1, "", plain(section.title), "", 0, True, section.title))
        skipped = inside | details
        found += _prose(page.lines, section, skipped, plans)
    return sorted(found, key=lambda sentence: sentence.line)


def _is_title(section: Section, page: Page) -> bool:
    """Whether it is the title of the whole page: `Lessons from a rollback that failed`."""
    first = next((one for one in page.sections if one.level), None)
    return section == first and section.level == 1 and len(section.title.split()) > _WORDS_OF_A_SECTION


def plain(text: str) -> str:
    """The text without link targets, URLs, HTML tags and Markdown marks."""
    text = _LINK.sub(r"\1", text)
    text = _URL.sub(" ", text)
    text = _TAG.sub(" ", text)
    return key(_MARKS.sub("", text))


def _details(page: Page) -> set[int]:
    """The generated lines from `<details>` on: the evidence itself and its coverage."""
    found: set[int] = set()
    inside = False
    for at in sorted(page.generated):
        inside = (inside or "<details" in page.lines[at]) and at in page.generated
        if inside:
            found.add(at)
        inside = inside and "</details>" not in page.lines[at]
    return found


def _rows(table: Table, section: Section, plans: bool) -> Iterator[Sentence]:
    time = column(table, "time", "when", "utc", "clock")
    if time is None or (table.rows and not any(time < len(row) and _TIME.search(row[time]) for row in table.rows)):
        time = next((at for at in range(len(table.columns)) if any(_begins(row, at) for row in table.rows)), None)
    until = column(table, "end", "until", "bis") if time is not None else None
    for line, row in enumerate(table.rows, table.start + 3):
        cells = [plain(cell) for cell in row]
        if until is not None and time is not None and time < until < len(row) and LEAD.fullmatch(cells[until]):
            # Columns for when it began and when it ended are a span of time.
            cells[time : until + 1 : until - time] = [f"{cells[time]} - {cells[until]}", ""]
        lead = cells[time] if time is not None and time < len(cells) else ""
        # A cell of that column may contain a sentence: `unknown: nobody wrote anything before 14:20`.
        lead = lead if LEAD.match(lead) else ""
        rest = " | ".join(cell for at, cell in enumerate(cells) if cell and not (lead and at == time))
        zone = plain(table.columns[time]) if time is not None else ""
        for piece in _cut([rest]):
            yield Sentence(line, lead, piece, zone, table.start + 1, plans, section.title)
            lead = ""


def _cut(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces, with longer ones than any sentence cut, because the work would grow with the square of the length."""
    for piece in pieces:
        if len(piece) <= _LONGEST:
            yield piece
        else:
            yield from wrap(piece, _LONGEST, break_on_hyphens=False, replace_whitespace=False)


def _begins(row: Sequence[str], at: int) -> bool:
    return at < len(row) and bool(LEAD.match(plain(row[at])))


def _prose(lines: Sequence[str], section: Section, skipped: set[int], plans: bool) -> Iterator[Sentence]:
    """Sentences of prose and lists. Lines are joined until a list item, a time or a label begins something new."""
    block: list[tuple[int, str]] = []
    for at in range(section.start, section.end + 1):
        line = lines[at] if at < section.end and at not in skipped else ""
        if _DEFINITION.match(line):
            line = ""
        bare = spoken(_ITEM.sub("", line, count=1), lines[at - 1] if at > section.start else "")
        broken = at > section.start and bool(_BREAK.search(lines[at - 1]))
        broken = broken or (bool(block) and _is_short(block[-1][1]) and line[:1].isupper())
        if block and (not line.strip() or bare != line or broken or _is_own(plain(bare))):
            yield from _split(block, section, plans)
            block = []
        if line.strip():
            block.append((at + 1, bare))
    if block:
        yield from _split(block, section, plans)


def _is_short(line: str) -> bool:
    """Whether a line is a short label with a value, which the next line does not continue: `Time to detect: 3 min`."""
    return len(line) <= _SHORT_LINE and bool(_LABEL.match(plain(line)))


def _is_own(line: str) -> bool:
    """Whether a line begins with a time or a label, so that it does not continue the one before."""
    return bool(LEAD.match(line) or _LABEL.match(line))


def _split(block: Sequence[tuple[int, str]], section: Section, plans: bool) -> Iterator[Sentence]:
    starts, text = [], ""
    for line, part in block:
        starts.append((len(text), line))
        text += f"{plain(part)} "
    lead = LEAD.match(text)
    begun, head = len(text) - len(text.lstrip()), ""
    if lead:
        after = AFTER_LEAD.match(text, lead.end())
        if after:
            begun, head = after.end(), lead[0].strip()
    at = begun
    for piece in _cut(_STOP.split(text[begun:].rstrip())):
        at = text.find(piece, at)
        line = max(number for start, number in starts if start <= at)
        inside = tuple((start - at, number) for start, number in starts if at < start < at + len(piece))
        if piece.strip() or head:
            yield Sentence(line, head, piece.strip(), "", 0, plans, section.title, inside)
        at += len(piece)
        head = ""
