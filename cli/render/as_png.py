"""The picture as pixels, for places that show no SVG; drawn by resvg, in light.

Its letters come from one font that is installed with it, so that the same picture has the same bytes on every machine;
the fonts of the machine only help out with letters which that one lacks.
"""

from importlib.resources import files
from math import sqrt

from cli.render.as_svg import render as as_svg
from cli.render.look import PLAIN, Look
from collector.result import Timeline

_FONT = "Source Sans Pro"
_FILES = ("SourceSansPro-Regular.ttf", "SourceSansPro-Semibold.ttf")
_SCALE = 2.0
"""Sharp on screens with two pixels for one."""
_MOST_PIXELS = 60_000_000
"""A picture with hundreds of lanes is drawn less sharp: every pixel takes four bytes of memory."""
_OTHER_SCRIPTS = 0x0530
"""From here on are letters other than Latin, Greek and Cyrillic ones..."""
_SIGNS = range(0x2000, 0x2070)
"""...but for dashes, quotes and dots."""


def render(timeline: Timeline, look: Look = PLAIN) -> bytes:
    """A whole file. Raises ImportError without the extra `png`."""
    from resvg_py import svg_to_bytes

    svg = as_svg(timeline, look)
    folder = files("font_source_sans_pro") / "files"
    return svg_to_bytes(
        svg_string=svg,
        zoom=_scale(svg),
        font_files=[str(folder / name) for name in _FILES],
        font_family=_FONT,
        sans_serif_family=_FONT,
        skip_system_fonts=not any(ord(char) >= _OTHER_SCRIPTS and ord(char) not in _SIGNS for char in svg),
    )


def _scale(svg: str) -> float:
    width, height = (float(size) for size in svg.partition('viewBox="0 0 ')[2].partition('"')[0].split())
    return min(_SCALE, sqrt(_MOST_PIXELS / (width * height)))
