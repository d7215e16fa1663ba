"""Regular expressions that are compiled when they are first used.

Those with long alternations take milliseconds to compile, and most runs never come to some of them: patterns of chats
where nobody pasted from one, reasons of failures where nothing failed.
"""

import re
from typing import Any, cast


def lazy_pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, whose methods and attributes it has.

    Functions that take a compiled pattern, such as `re.sub`, do not take this one. A pattern with a mistake in it
    raises `re.error` at its first use.
    """
    return cast("re.Pattern[str]", _LazyPattern(text, flags))


class _LazyPattern:
    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags

    # Called only for what the object does not have yet.
    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, found)
        return found
