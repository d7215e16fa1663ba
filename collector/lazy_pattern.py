"""Regular expressions that are compiled when they are first used.

Long alternations take milliseconds to compile, and most runs never need some of them: chat patterns if nobody pasted
from a chat, failure reasons if nothing failed.
"""

import re
from typing import Any, cast


def lazy_pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Like `re.compile`; the result has the same methods and attributes.

    Functions that accept a compiled pattern, such as `re.sub`, do not accept this one. An invalid pattern raises
    `re.error` at its first use.
    """
    return cast("re.Pattern[str]", _LazyPattern(text, flags))


class _LazyPattern:
    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags

    # Called only for attributes that the object does not have yet.
    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, found)
        return found
