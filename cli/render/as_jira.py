"""The timeline in the wiki markup of Jira, to paste into an issue or a comment.

Special characters are written as entities, on which Jira and other readers of the markup agree. A backslash does not
escape all of them, and two backslashes are a line break.
"""

import re
from collections.abc import Iterator, Sequence

from cli.render.caption import caption
from cli.render.citations import Citation
from cli.render.clean import one_line
from cli.render.lines import Line, is_note, label, lines, reports
from cli.render.look import PLAIN, Look, Show
from cli.render.plain import coverage, nothing, phases
from collector.result import Timeline

_ENTITIES = {
    "&": "&amp;", "<": "&lt;", ">": "&gt;", "\\": "&bsol;", "{": "&lbrace;", "}": "&rbrace;", "[": "&lsqb;",
    "]": "&rsqb;", "|": "&verbar;", "*": "&ast;", "_": "&lowbar;", "+": "&plus;", "^": "&Hat;", "~": "&#126;",
    "?": "&quest;", "!": "&excl;", "#": "&num;", "@": "&commat;", ":": "&colon;", ";": "&semi;", "(": "&lpar;",
    ")": "&rpar;", "-": "\\-", "/": "&sol;",
}  # fmt: skip
_SPECIAL = re.compile(
    r"""
      [&<>\\{}\[\]|*+^~?!\#@]
    | (?<![A-Za-z0-9])[_-] | [_-](?![A-Za-z0-9])  # within words these are themselves
    | :(?![\s0-9]|$) | ;(?!\s|$)                  # smileys and addresses
    | \((?=(?:[A-Za-z/+\-?!*]{1,4}|flagoff)\)) | (?<=[:;])\)  # icons such as (x)
    """,
    re.VERBOSE,
)
_BLOCK = re.compile(r"^(h[1-6]|bq)\.")


def render(timeline: Timeline, look: Look = PLAIN) -> str:
    """The table, then lists of the evidence and of the coverage."""
    every = lines(timeline, look)
    text = [f"*{escape(caption(timeline))}*", ""]
    text += _table(every, look) if every else [escape(nothing(timeline))]
    if found := phases(timeline):
        text += ["", escape(found)]
    text += _evidence(timeline, every)
    if look.coverage:
        text += ["", "h4. Coverage", ""]
        text += (f"{'*' * (depth + 1)} {escape(line)}" for depth, line in coverage(timeline))
    return "\n".join(text) + "\n"


def escape(text: str) -> str:
    """Inline markup that renders as exactly `text`, on one line."""
    escaped = _SPECIAL.sub(lambda found: _ENTITIES[found[0]], one_line(text))
    return _BLOCK.sub(r"\1&period;", escaped)


def _table(every: Sequence[Line], look: Look) -> Iterator[str]:
    column = look.evidence == Show.COLUMN
    yield "||Time||Event||" + ("Evidence||" if column else "")
    for line in every:
        links = ", ".join(map(_link, line.beside))
        inline = f" ({links})" if links and not column else ""
        # An empty cell would be read as `||`, which begins a header cell.
        yield f"|{escape(line.time)}|{escape(line.text) or ' '}{inline}|" + (f"{links or ' '}|" if column else "")


def _link(one: Citation) -> str:
    """A link to the page; without a page, to the item of the list below. A note is not linked."""
    if is_note(one):
        return escape(label(one))
    aim = re.sub(r"[\[\]!*~^+_|{}]", lambda found: f"%{ord(found[0]):02X}", one.page) or f"#e{one.number}"
    return f"[{escape(label(one))}|{aim}]"


def _evidence(timeline: Timeline, every: Sequence[Line]) -> Iterator[str]:
    found = list(reports(timeline, every))
    if not found:
        return
    yield from ("", "h4. Evidence", "")
    for one, when, what in found:
        anchor = "" if one.page or is_note(one) else f"{{anchor:e{one.number}}}"
        opened = f" {_link(one)}" if one.page else ""
        places = "".join(f"; {{{{{escape(place)}}}}}" for place in one.places)
        yield f"# {anchor}{escape(when)}{opened} ({escape(one.source)}): {escape(what)}{places}"
