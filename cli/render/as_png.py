"""The picture as PNG, for places that cannot show SVG; drawn by resvg, in light colours.

The text uses a font that is installed with the extra, so that the same picture has the same bytes on every machine. The
machine's own fonts are only used if the text has letters that this font lacks.
"""

from importlib.resources import files
from math import sqrt

from cli.render.as_svg import render as as_svg
from cli.render.look import PLAIN, Look
from collector.result import Timeline

_FONT = "Source Sans Pro"
_FILES = ("SourceSansPro-Regular.ttf", "SourceSansPro-Semibold.ttf")
_SCALE = 2.0
"""Pixels per unit of the picture; 2 is sharp on high-density screens."""
_MOST_PIXELS = 60_000_000
"""Larger pictures, with hundreds of lanes, are drawn at a lower scale: every pixel takes four bytes of memory."""
_OTHER_SCRIPTS = 0x0530
"""First code point after the Latin, Greek and Cyrillic letters, which the font has."""
_SIGNS = range(0x2000, 0x2070)
"""Dashes, quotes and dots: code points above `_OTHER_SCRIPTS` that the font has."""


def render(timeline: Timeline, look: Look = PLAIN) -> bytes:
    """The whole PNG file. Raises ImportError if the extra `png` is not installed."""
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
