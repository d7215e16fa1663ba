"""Makes text from outside safe to print in any format."""

import re
import unicodedata
from urllib.parse import quote

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
"""Unicode categories: control, format (zero width, right-to-left overrides, tags) and lone surrogates."""
_LEGAL = "%:/?#[]@!$&'()*+,;=~"
_PAGE = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)


def one_line(text: str) -> str:
    """`text` on one line: each run of white space is one space, and invisible characters become a visible mark."""
    text = " ".join(text.split())
    if text.isprintable():
        return text
    return "".join(REPLACEMENT if unicodedata.category(char) in _INVISIBLE else char for char in text)


def page(url: str) -> str:
    """`url` with illegal characters percent-encoded; empty if it is not an http(s) URL."""
    return quote(url, safe=_LEGAL, errors="replace") if _PAGE.match(url) else ""
