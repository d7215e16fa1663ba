"""Text from outside as text of XML and of HTML, in elements and in attributes."""

import html
import re

from cli.render.clean import REPLACEMENT, one_line

# No character of XML, or an error in HTML, in whatever way it is escaped.
_NO_CHARACTER = re.compile(
    "[\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)


def xml(text: str) -> str:
    """`text` on one line, escaped; quotes too."""
    return html.escape(_NO_CHARACTER.sub(REPLACEMENT, one_line(text)))
