"""Annotations of rules are Go templates: what of them is known from an alert's labels."""

import re
from collections.abc import Mapping

from collector.lazy_pattern import lazy_pattern
from sources.text import one_line

_ACTION = lazy_pattern(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_LABEL = lazy_pattern(r"(?:\$labels|\.Labels)\.(\w+)")
_COMMENT = lazy_pattern(r"/\*.*\*/", re.DOTALL)
_BLOCK = lazy_pattern(r"(if|else|end|range|with|define|template|block)\b|\$\w+\s*:?=")
UNKNOWN = "…"
"""Stands where a template has the alert's value, or anything else that was computed then."""


def rendered(template: str, labels: Mapping[str, str]) -> str:
    """The template on one line, `UNKNOWN` where a label does not give it; empty if it has branches or loops."""
    actions = [match[1] for match in _ACTION.finditer(template)]
    if any(_BLOCK.match(action) for action in actions):
        return ""

    def known(match: re.Match[str]) -> str:
        if _COMMENT.fullmatch(match[1]):
            return ""
        label = _LABEL.fullmatch(match[1])
        return labels.get(label[1], UNKNOWN) if label else UNKNOWN

    return one_line(_ACTION.sub(known, template))
