"""Escapes text from outside for XML and HTML, in elements and attributes."""

import html
import re

from cli.render.clean import REPLACEMENT, one_line

# Code points that are not allowed in XML or are an error in HTML, even if escaped.
_NO_CHARACTER = re.compile(
    "[\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)


def xml(text: str) -> str:
    """`text` on one line, escaped, including quotes."""
    return html.escape(_NO_CHARACTER.sub(REPLACEMENT, one_line(text)))
