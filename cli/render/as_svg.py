"""The timeline as a picture, SVG 1.1: lanes with the rows as marks, and above them the error ratio on the same axis.

The numbers at the marks are those of the rows. The picture has no scripts and loads nothing; the same timeline gives
the same bytes.
"""

from collections.abc import Iterator, Sequence
from importlib.resources import files

from cli.render.axis import LETTER, Axis, axis
from cli.render.caption import caption
from cli.render.curves import NAME, curves, draw_alerts, draw_curves, draw_names, draw_scale
from cli.render.lanes import draw_marks, draw_name, lanes
from cli.render.lines import Line, lines
from cli.render.look import PLAIN, Look
from cli.render.plain import nothing
from cli.render.xml_text import xml
from cli.render.zoom import zoom_data
from collector.result import Timeline

_WIDTH, _LEFT, _RIGHT = 960, 150, 940
_HEAD, _CURVES, _FOOT = 34, 110, 26


def render(timeline: Timeline, look: Look = PLAIN) -> str:
    """A standalone file with light and dark colours."""
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + "\n".join(picture(timeline, lines(timeline, look))) + "\n"


def style() -> str:
    """The stylesheet of the picture."""
    return files(__package__).joinpath("picture.css").read_text(encoding="utf-8")


def picture(timeline: Timeline, every: Sequence[Line], *, inline: bool = False) -> Iterator[str]:
    """The SVG element, line by line. With `inline` for a page that has `style()` and ids on the rows to link to."""
    time = axis(timeline, _LEFT, _RIGHT)
    found, ours = curves(timeline, time), lanes(every, time)
    above = _CURVES + 24 + NAME * len(found) if found else 0
    bottom = _HEAD + above + sum(lane.height for lane in ours) + (0 if ours else 30)
    height = bottom + _FOOT
    named = xml(caption(timeline))
    role = 'role="group"' if inline else 'role="img"'
    size = f'viewBox="0 0 {_WIDTH} {height}"' + ("" if inline else f' width="{_WIDTH}" height="{height}"')
    zoomed = f" {zoom_data(time, timeline.window)}" if inline else ""
    yield f'<svg xmlns="http://www.w3.org/2000/svg" class="picture" {role} aria-label="{named}" {size}{zoomed}>'
    yield f"<title>{named}</title>"
    if not inline:
        yield f"<style>{style()}</style>"
        yield f'<rect class="paper" width="{_WIDTH}" height="{height}"/>'
    yield f'<text class="caption" x="10" y="20">{named}</text>'
    if found:
        yield from draw_scale(found, time, _HEAD + 8, _CURVES)
    top = _HEAD + above
    for lane in ours:
        yield from draw_name(lane, time, top)
        top += lane.height
    yield from _clock(time, _HEAD, bottom)
    # A nested drawing clips curves and alerts at the ends of the axis when somebody zooms in.
    yield f"<svg {_box(_LEFT, _HEAD, _RIGHT, bottom)}>"
    yield from draw_alerts(timeline, time, _HEAD, bottom)
    if found:
        yield from draw_curves(found, time, _HEAD + 8, _CURVES)
    yield "</svg>"
    if found:
        yield from draw_names(found, time, _HEAD + 8)
    top = _HEAD + above
    for lane in ours:
        yield from draw_marks(lane, top, linked=inline)
        top += lane.height
    if not ours:
        yield f'<text x="{_LEFT + 6}" y="{top + 20}">{xml(nothing(timeline))}</text>'
    yield "</svg>"


def _clock(time: Axis, top: int, bottom: int) -> Iterator[str]:
    yield '<g class="ticks">'
    for x, text in time.ticks():
        yield f'<path class="grid" d="M{x:.1f} {top}V{bottom}"/>'
        # A label that would be cut off at the right edge is aligned to it.
        cut = x + len(text) * LETTER / 2 > _WIDTH
        where = f'x="{_WIDTH - 2 if cut else x:.1f}" y="{bottom + 17}" text-anchor="{"end" if cut else "middle"}"'
        yield f'<text class="label" {where}>{xml(text)}</text>'
    yield "</g>"


def _box(left: int, top: int, right: int, bottom: int) -> str:
    """Attributes of a nested drawing that uses the same coordinates as the outer one."""
    width, height = right - left, bottom - top
    return f'x="{left}" y="{top}" width="{width}" height="{height}" viewBox="{left} {top} {width} {height}"'
