"""The timeline as a cell of a notebook shows it: the picture, then the table."""

import base64

from cli.render.as_html import table
from cli.render.as_svg import render as as_svg
from cli.render.caption import caption
from cli.render.lines import lines
from cli.render.look import PLAIN
from cli.render.plain import nothing, phases
from cli.render.xml_text import xml
from collector.result import Timeline


def render(timeline: Timeline) -> str:
    """A part of a page; it has no ids, so that several cells may show one each."""
    every = lines(timeline, PLAIN)
    if not every:
        return f"<p><strong>{xml(caption(timeline))}</strong></p><p>{xml(nothing(timeline))}</p>"
    # As an image its style stays its own.
    picture = base64.b64encode(as_svg(timeline).encode()).decode()
    parts = [
        f'<img alt="{xml(caption(timeline))}" src="data:image/svg+xml;base64,{picture}">',
        *table(timeline, every, linked=False),
        f"<p>{xml(phases(timeline))}</p>",
    ]
    return f"<div>{''.join(parts)}</div>"
