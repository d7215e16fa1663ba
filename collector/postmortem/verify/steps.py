"""Recognises the share of users or traffic that gets a change: it is not a share of failed requests."""

import re

from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.parts import Part

_STEP = re.compile(r"[\s-]*(?:steps?|stages?|phase|ramp\w*|roll-?outs?|waves?|cohort|canary|Schritte?s?|Stufe)\b", re.I)
_TO_A_SHARE = re.compile(
    r"\b(?:ramp\w*|roll\w*[ -]?out|flag|toggle|experiment|weight|step\w*|Schalter)\b(?P<between>[^.;,]{0,40}?)"
    r"\b(?:to|at|from|for|auf|bei|von|für)\s$",
    re.IGNORECASE,
)
"""Of a flag or canary: `turned new-search up to 50 %`."""


def is_step(part: Part, text: str, mention: Mention, failing: re.Pattern[str]) -> bool:
    """Whether it is the share of users who get a change: `the 50 % step`. `failing` matches words for failures."""
    before = _TO_A_SHARE.search(part.text[: mention.start - part.start])
    return bool(_STEP.match(text, mention.end)) or (before is not None and not failing.search(before["between"]))
