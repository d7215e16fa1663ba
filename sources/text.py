"""Text from outside, cleaned up for one line of a table or an error."""

import re

_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_HALVES = re.compile(r"[\ud800-\udfff]")
"""Lone surrogates, which JSON and command lines may contain but no output can encode."""


def one_line(text: str) -> str:
    """`text` on one line: each run of white space and control characters becomes one space, with none at either end."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return _BLANK.sub(" ", _HALVES.sub("\ufffd", text)).strip()
