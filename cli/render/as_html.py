"""The timeline as one self-contained HTML file: the table, the picture, and the evidence of each row.

Its content security policy (CSP) allows only the style and the script in the file itself, and loads nothing. Without
scripts only the filter and the zoom are missing.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from importlib.resources import files

from cli.render.as_svg import picture, style
from cli.render.caption import caption
from cli.render.citations import Citation
from cli.render.lines import Line, is_note, label, lines, reports
from cli.render.look import PLAIN, Look
from cli.render.plain import coverage, nothing, phases
from cli.render.xml_text import xml
from collector.result import Timeline

_ZOOM = {
    "closer": "Zoom in",
    "wider": "Zoom out",
    "earlier": "Earlier",
    "later": "Later",
    "whole": "Whole window",
}
"""The buttons that `zoom.js` reacts to: their ids and texts."""


def render(timeline: Timeline, look: Look = PLAIN) -> str:
    """The whole page."""
    looks, script = style() + _part("page.css"), _part("page.js") + _part("zoom.js")
    policy = (
        f"default-src 'none'; style-src '{_digest(looks)}'; script-src '{_digest(script)}';"
        " base-uri 'none'; form-action 'none'"
    )
    title = xml(f"Timeline of {caption(timeline)}")
    text = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{title}</title>",
        f"<style>{looks}</style>",
        "</head>",
        "<body>",
        "<main>",
        f"<h1>{title}</h1>",
        *body(timeline, look),
        "</main>",
        f"<script>{script}</script>",
        "</body>",
        "</html>",
    ]
    return "\n".join(text) + "\n"


def body(timeline: Timeline, look: Look = PLAIN) -> Iterator[str]:
    """Everything between the heading and the end of the page."""
    every = lines(timeline, look)
    if found := phases(timeline):
        yield f"<p>{xml(found)}</p>"
    if every:
        yield "<figure>"
        yield from picture(timeline, every, inline=True)
        yield "</figure>"
        yield from _zooming()
        yield '<div id="shown" class="screen quiet" role="status" hidden>Point at a mark to see its evidence.</div>'
        yield '<p class="screen" hidden><label>Filter: <input id="filter" type="search"></label>'
        yield '<span id="counted" class="quiet" role="status"></span></p>'
        yield from table(timeline, every)
    else:
        yield f"<p>{xml(nothing(timeline))}</p>"
    if look.coverage:
        yield "<h2>Coverage</h2>"
        yield "<ul>"
        for depth, text in coverage(timeline):
            yield f"<li>{xml(text)}</li>" if depth == 0 else f"<li><strong>{xml(text)}</strong></li>"
        yield "</ul>"


def _zooming() -> Iterator[str]:
    yield '<div class="screen tools" role="group" aria-label="Zoom" hidden>'
    for name, text in _ZOOM.items():
        yield f'<button type="button" id="{name}">{text}</button>'
    yield '<span id="stretch" role="status"></span></div>'
    yield '<p id="zooming" class="screen quiet hint" hidden>Zoom: drag over a stretch of time, or Ctrl and the wheel;'
    yield "in the picture + and -, arrow keys, and 0 for the whole window.</p>"


def table(timeline: Timeline, every: Sequence[Line], *, linked: bool = True) -> Iterator[str]:
    """The rows, each with its evidence collapsed. With `linked` the rows have ids, so that links can lead to them."""
    found: dict[int, list[str]] = {}
    for one, when, what in reports(timeline, every):
        found.setdefault(id(one.row), []).append(_report(one, when, what))
    yield "<table>"
    yield f'<caption class="quiet">{xml(caption(timeline))}</caption>'
    head = ("No.", "Time", "Event", "Evidence") if found else ("No.", "Time", "Event")
    cells = (f'<th scope="col">{name}</th>' for name in head)
    yield f"<thead><tr>{''.join(cells)}</tr></thead>"
    yield "<tbody>"
    for line in every:
        texts = [str(line.number), xml(line.time), xml(line.text), *([_folded(line, found)] if found else [])]
        cells = (f"<td>{text}</td>" for text in texts)
        yield (f'<tr id="row-{line.number}">' if linked else "<tr>") + f"{''.join(cells)}</tr>"
    yield "</tbody>"
    yield "</table>"


def _folded(line: Line, found: dict[int, list[str]]) -> str:
    ours = found.get(id(line.row), [])
    if not ours:
        return ""
    # Outside the summary: inside it, a click on a link could also open or close the summary.
    opened = ", ".join(_link(one) for one in line.beside if one.page)
    noun = "report" if len(ours) == 1 else "reports"
    folded = f"<details><summary>{len(ours)} {noun}</summary><ul>{''.join(ours)}</ul></details>"
    return f"{opened}{folded}"


def _link(one: Citation) -> str:
    return f'<a href="{xml(one.page)}" rel="noopener noreferrer">{xml(label(one))}</a>'


def _report(one: Citation, when: str, what: str) -> str:
    opened = f" {_link(one)}" if one.page else ""
    places = "".join(f"; <code>{xml(place)}</code>" for place in one.places if not is_note(one))
    return f"<li>{xml(when)}{opened} ({xml(one.source)}): {xml(what)}{places}</li>"


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """The source expression by which the policy allows a style or script in the page: its hash."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
