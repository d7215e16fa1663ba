"""Makes text from outside harmless, whatever it is printed on."""

import re
import unicodedata
from urllib.parse import quote

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
"""Control characters, invisible ones (zero width, right-to-left overrides, tags) and halves of characters."""
_LEGAL = "%:/?#[]@!$&'()*+,;=~"
_PAGE = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)


def one_line(text: str) -> str:
    """`text` on one line: white space as single spaces, everything that acts without being seen as a visible mark."""
    text = " ".join(text.split())
    if text.isprintable():
        return text
    return "".join(REPLACEMENT if unicodedata.category(char) in _INVISIBLE else char for char in text)


def page(url: str) -> str:
    """`url` with all that is not legal in a URL percent-encoded; empty if it is no http(s) URL to link to."""
    return quote(url, safe=_LEGAL, errors="replace") if _PAGE.match(url) else ""
