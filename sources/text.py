"""Text from outside, made fit for one line of a table or of an error."""

import re

_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_HALVES = re.compile(r"[\ud800-\udfff]")
"""Halves of characters, which JSON and command lines may hold and no output can."""


def one_line(text: str) -> str:
    """`text` with every run of white space and control characters as one space, and none around it."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return _BLANK.sub(" ", _HALVES.sub("\ufffd", text)).strip()
