"""The text of a note without what it clears: `search is fine`, `not affected`, `it was not the search deploy`."""

import re

from collector.lazy_pattern import lazy_pattern

_BEGINS = r"(?<![\w.@/:+-])"
_NAME = r"[\w@/+-]+(?:[.:][\w@/+-]+)*"
_MANY = rf"{_NAME}(?:,\s+{_NAME}){{0,8}},?\s+(?:and|or|&)\s+{_NAME}"
_CHANGE = (
    r"(?:\s+(?:v?[0-9][\w.:-]*|deploy\w*|releases?|rollouts?|upgrades?|versions?|changes?|pods?|services?|team|side|"
    r"itself|of|at|from)){0,6}"
)
"""What may stand between a name and its verb: `search 2.3.1`, `the search deploy of 14:05`."""
_ADVERBS = (
    r"(?:(?:still|all|both|also|perfectly|totally|completely|otherwise|probably|apparently|clearly|definitely|just|"
    r"an?|the|entirely)\s+){0,4}"
)
_CAUSE = r"the (?:cause|problem|culprit|reason|issue|trigger)"
_TOUCHED = rf"(?:affected|impacted|involved|concerned|related|touched|guilty|to blame|{_CAUSE})"
_WELL = (
    r"(?:fine|ok|okay|good|healthy|normal|unaffected|unimpacted|unrelated(?! to)|innocent|red herring|"
    r"ruled out(?=\W*$|[,.;!)])|"
    rf"out of the picture|off the hook|(?:not|never)\s+{_TOUCHED})"
)
_THROUGHOUT = r"(?![\w-]|\s*\?|\s+(?:again|now|since|after|before|until|till|except|in|on|for)\b)"
"""What is fine again was not before, what is fine in one place may fail in others, and a question clears nothing."""
_BEFORE = (
    r"(?:nothing (?:to do|wrong) with|unrelated to|rul(?:es?|ed|ing) out|exonerat\w+|"
    r"no (?!more\b|further\b|new\b|longer\b)(?:\w+ )?(?:errors?|problems?|issues?|failures?|impact|effects?|trouble) "
    r"(?:in|on|at|for|with|of|from)|"
    r"(?:it|that|this|cause|problem|culprit)(?:['\u2019]s not| is not| was not| isn['\u2019]?t| wasn['\u2019]?t))"
)
_CLEARED = lazy_pattern(
    rf"{_BEGINS}(?:{_MANY}{_CHANGE}(?:\s+(?:are|were|look|looked|seem|stay|remain))?|"
    rf"{_NAME}{_CHANGE}(?:\s+(?:is|was|are|were|looks?|looked|seems?|stays?|remains?))?)"
    rf"\s+{_ADVERBS}{_WELL}{_THROUGHOUT}|"
    rf"{_BEGINS}{_NAME}{_CHANGE}\s+(?:isn|wasn|aren|weren)['\u2019]?t\s+{_TOUCHED}{_THROUGHOUT}|"
    rf"\bneither\s+(?:the\s+)?{_NAME}{_CHANGE}\s+nor\s+(?:the\s+)?{_NAME}|"
    rf"\b{_BEFORE}\s+(?:(?:the|our|because of|due to|caused by)\s+){{0,3}}(?:{_MANY}|{_NAME})(?!\s*\?)|"
    rf"\b(?:unaffected|unimpacted|not (?:affected|impacted|involved)|ruled out):\s+"
    rf"(?:{_MANY}|{_NAME}(?:,\s+{_NAME}){{0,8}})",
    re.I,
)


def without_cleared(note: str) -> str:
    """The note without the names that it clears of trouble or of blame."""
    return _CLEARED.sub(" ", note)
