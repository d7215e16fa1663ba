"""The timeline for a notebook cell: the picture, then the table."""

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
    """An HTML fragment; it has no ids, because several cells of one page may show a timeline."""
    every = lines(timeline, PLAIN)
    if not every:
        return f"<p><strong>{xml(caption(timeline))}</strong></p><p>{xml(nothing(timeline))}</p>"
    # As an image, so that its style does not affect the rest of the notebook.
    picture = base64.b64encode(as_svg(timeline).encode()).decode()
    parts = [
        f'<img alt="{xml(caption(timeline))}" src="data:image/svg+xml;base64,{picture}">',
        *table(timeline, every, linked=False),
        f"<p>{xml(phases(timeline))}</p>",
    ]
    return f"<div>{''.join(parts)}</div>"
