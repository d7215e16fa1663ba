"""JSON decoded and encoded by a library that is several times as fast as Python's own.

What it refuses (lone surrogates, NaN, huge numbers, deep nesting) is left to Python's, so that no answer is refused
for its sake.
"""

import json
from typing import Any

import orjson


def decode(text: str) -> Any:
    """The content of the text. Raises ValueError or RecursionError if it is not JSON."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def encode(value: Any) -> str:
    """The value as JSON without spaces, not confined to ASCII."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return json.dumps(value, separators=(",", ":"))
