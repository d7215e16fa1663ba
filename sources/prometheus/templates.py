"""Renders annotations of rules, which are Go templates, with the labels of an alert alone."""

import re
from collections.abc import Mapping

from collector.lazy_pattern import lazy_pattern
from sources.text import one_line

_ACTION = lazy_pattern(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_LABEL = lazy_pattern(r"(?:\$labels|\.Labels)\.(\w+)")
_COMMENT = lazy_pattern(r"/\*.*\*/", re.DOTALL)
_BLOCK = lazy_pattern(r"(if|else|end|range|with|define|template|block)\b|\$\w+\s*:?=")
UNKNOWN = "…"
"""Placeholder for the alert's value, or anything else that was computed at that time."""


def rendered(template: str, labels: Mapping[str, str]) -> str:
    """The template on one line, with `UNKNOWN` for anything but labels; empty if it has branches or loops."""
    actions = [match[1] for match in _ACTION.finditer(template)]
    if any(_BLOCK.match(action) for action in actions):
        return ""

    def known(match: re.Match[str]) -> str:
        if _COMMENT.fullmatch(match[1]):
            return ""
        label = _LABEL.fullmatch(match[1])
        return labels.get(label[1], UNKNOWN) if label else UNKNOWN

    return one_line(_ACTION.sub(known, template))
