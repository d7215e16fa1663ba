"""Decodes and encodes JSON with a library that is several times as fast as Python's own.

If it refuses a text (lone surrogates, NaN, huge numbers, deep nesting), Python's own is used, so that no answer is
lost.
"""

import json
import sys
from typing import Any

import orjson

MOST_DECODED = 384 * 2**20
"""Maximum bytes of memory for a decoded text, as estimated: two million Prometheus samples."""
_COSTS = {"{": 170, "[": 70, ",": 70, ":": 60}
"""Bytes for each object, array, value and key; measured with CPython 3.11, where small values take most."""
_COSTLIEST = 80
"""Bytes for each character in the worst case, a text of empty objects."""


class TooLarge(ValueError):
    """A JSON text with more values than fit in memory: decoded, each takes many times its bytes."""


def decode(text: str, most: int = MOST_DECODED) -> Any:
    """The content of the text.

    Raises ValueError or RecursionError if it is not JSON, and TooLarge if it would take more than `most` bytes.
    """
    if len(text) * _COSTLIEST > most and _size(text) > most:
        raise TooLarge(f"its values would take more than {most >> 20} MiB of memory")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def _size(text: str) -> int:
    """Estimated bytes of the decoded text. Its strings take as much as the text, up to four bytes a character."""
    return sys.getsizeof(text) + sum(text.count(mark) * cost for mark, cost in _COSTS.items())


def encode(value: Any) -> str:
    """The value as JSON without spaces, not confined to ASCII."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return json.dumps(value, separators=(",", ":"))
