"""The timeline in the storage format of Confluence, to paste into the source of a page or send to its API."""

from collections.abc import Iterator, Sequence

from cli.render.caption import caption
from cli.render.citations import Citation
from cli.render.lines import Line, is_note, label, lines, reports
from cli.render.look import PLAIN, Look, Show
from cli.render.plain import coverage, nothing, phases
from cli.render.xml_text import xml
from collector.result import Timeline


def render(timeline: Timeline, look: Look = PLAIN) -> str:
    """The table, then the evidence and the coverage in an expandable section."""
    every = lines(timeline, look)
    text = [f"<p><strong>{xml(caption(timeline))}</strong></p>"]
    text += _table(every, look) if every else [f"<p>{xml(nothing(timeline))}</p>"]
    if found := phases(timeline):
        text.append(f"<p>{xml(found)}</p>")
    below = [*_evidence(timeline, every), *(_coverage(timeline) if look.coverage else ())]
    if below:
        text += [
            '<ac:structured-macro ac:name="expand">',
            '<ac:parameter ac:name="title">Evidence and coverage</ac:parameter>',
            "<ac:rich-text-body>",
            *below,
            "</ac:rich-text-body>",
            "</ac:structured-macro>",
        ]
    return "\n".join(text) + "\n"


def _table(every: Sequence[Line], look: Look) -> Iterator[str]:
    column = look.evidence == Show.COLUMN
    yield "<table><tbody>"
    yield "<tr><th>Time</th><th>Event</th>" + ("<th>Evidence</th>" if column else "") + "</tr>"
    for line in every:
        links = ", ".join(map(_link, line.beside))
        inline = f" ({links})" if links and not column else ""
        cells = [xml(line.time), xml(line.text) + inline, *([links] if column else [])]
        yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    yield "</tbody></table>"


def _link(one: Citation) -> str:
    """A link to the page; without a page, the label as plain text."""
    return f'<a href="{xml(one.page)}">{xml(label(one))}</a>' if one.page else xml(label(one))


def _evidence(timeline: Timeline, every: Sequence[Line]) -> Iterator[str]:
    found = list(reports(timeline, every))
    if not found:
        return
    yield "<p>Evidence:</p>"
    yield "<ol>"
    for one, when, what in found:
        opened = f" {_link(one)}" if one.page else ""
        places = "".join(f"; <code>{xml(place)}</code>" for place in one.places if not is_note(one))
        yield f"<li>{xml(when)}{opened} ({xml(one.source)}): {xml(what)}{places}</li>"
    yield "</ol>"


def _coverage(timeline: Timeline) -> Iterator[str]:
    yield "<p>Coverage:</p>"
    yield "<ul>"
    for depth, text in coverage(timeline):
        yield f"<li>{xml(text)}</li>" if depth == 0 else f"<li><em>{xml(text)}</em></li>"
    yield "</ul>"
