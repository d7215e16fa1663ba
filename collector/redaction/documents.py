"""Takes the texts of a bundle apart: JSON, JSON in JSON, JSON Lines, base64 and plain text."""

import base64
import binascii
import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any

_BASE64 = re.compile(r"(?:(?<![A-Za-z0-9+/_%-])|(?<=%[0-9A-Fa-f]{2}))[A-Za-z0-9+/_-]{16,}={0,2}")
_SHORTEST = 16
_DEEPEST = 60
_MOST = 16 * 2**20
Key = tuple[str, ...]
"""The names of the fields above a text, the outermost first."""


def decoded(text: str) -> Any:
    """The content of a JSON object or list; None for any other text."""
    if text[:1] not in "[{" and text.lstrip()[:1] not in ("[", "{"):
        return None
    try:
        made = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return made if isinstance(made, (dict, list)) else None


def encoded(content: Any) -> str:
    """The content as JSON without spaces, which decodes to the same."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def json_lines(text: str) -> list[Any] | None:
    """The content of each line, if all lines that are not empty are JSON, else None."""
    lines = text.split("\n")
    found = [decoded(line) if line.strip() else line for line in lines]
    return None if any(one is None for one in found) or not any(map(str.strip, lines)) else found


def texts(content: Any, key: Key = ()) -> Iterator[tuple[Key, str]]:
    """Every text in a decoded document with the fields above it; names of fields have the key `('',)`."""
    if isinstance(content, dict):
        for name, value in content.items():
            yield ("",), name
            yield from texts(value, (*key, name)[-_DEEPEST:])
    elif isinstance(content, list):
        for value in content:
            yield from texts(value, key)
    elif isinstance(content, str):
        yield key, content


def without_base64(text: str, change: Callable[[str], str]) -> str:
    """`text` with the content of its base64 parts changed, compressed or not; the rest stays as it is."""

    def replaced(found: re.Match[str]) -> str:
        whole = _changed(found[0], change)
        # Between slashes, as in the path of a URL, each piece may be encoded by itself.
        pieces = re.split(r"(/)", found[0]) if whole is None else []
        return whole or "".join(
            (_changed(piece, change) or piece) if len(piece) >= _SHORTEST else piece for piece in pieces
        )

    return _BASE64.sub(replaced, text) if len(text) >= _SHORTEST else text


def _changed(token: str, change: Callable[[str], str]) -> str | None:
    """The token with its content changed; None if it is not encoded."""
    inner = _unpacked(token)
    if inner is None:
        return None
    content, compressed, urlsafe = inner
    new = change(content)
    if new == content:
        return token
    body = new.encode("utf-8", "surrogatepass")
    if compressed:
        body = gzip.compress(body, mtime=0)
    made = (base64.urlsafe_b64encode if urlsafe else base64.b64encode)(body).decode()
    return made if token.endswith("=") or len(token) % 4 == 0 else made.rstrip("=")


def _unpacked(token: str) -> tuple[str, bool, bool] | None:
    urlsafe = "-" in token or "_" in token
    if urlsafe and ("+" in token or "/" in token):
        return None
    padded = token.rstrip("=")
    padded += "=" * (-len(padded) % 4)
    try:
        body = base64.urlsafe_b64decode(padded) if urlsafe else base64.b64decode(padded, validate=True)
    except (ValueError, binascii.Error):
        return None
    compressed = body[:2] == b"\x1f\x8b"
    if compressed:
        try:
            body = zlib.decompressobj(31).decompress(body, _MOST)
        except zlib.error:
            return None
    try:
        content = body.decode()
    except UnicodeDecodeError:
        return None
    shown = sum(char.isprintable() or char in "\r\n\t" for char in content)
    return (content, compressed, urlsafe) if content and shown >= 0.9 * len(content) else None
