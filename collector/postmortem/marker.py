"""The comment before a table: it keeps the window, the sources and the bundle, so that no option has to be repeated."""

import re
from collections.abc import Mapping

from collector.errors import UsageError

NAMES = ("from", "to", "tz", "bundle", "service", "namespace", "source", "notes", "config")
"""The names that a marker may have; all except those in `_SINGLE` may be repeated."""
_SINGLE = ("from", "to", "tz", "bundle", "config")
START = re.compile(r" {0,3}<!--\s*pm-timeline\b(.*?)-->\s*$")
END = re.compile(r" {0,3}<!--\s*/pm-timeline\b")
_UNSAFE = re.compile(r"[\s%\"<>]|(?<=-)-")
_ESCAPE = re.compile(r"%((?:[0-9A-F]{2})+)")

Settings = Mapping[str, tuple[str, ...]]
"""The values of each name; names without a value are missing."""


def written(settings: Settings) -> str:
    """The marker as a line of Markdown: `<!-- pm-timeline from=... to=... bundle=... -->`."""
    parts = [f"{name}={_quoted(value)}" for name in NAMES for value in settings.get(name, ())]
    return f"<!-- {' '.join(['pm-timeline', *parts])} -->"


def parsed(line: str, number: int) -> Settings:
    """The settings of the marker in `line`. Raises UsageError with the line `number` for unknown or repeated names."""
    found: dict[str, tuple[str, ...]] = {}
    match = START.match(line)
    for word in (match[1] if match else "").split():
        name, equals, value = word.partition("=")
        if not equals or name not in NAMES:
            raise UsageError(f"line {number}: {word[:60]!r} in the marker is not known; it may name {', '.join(NAMES)}")
        if name in _SINGLE and name in found:
            raise UsageError(f"line {number}: the marker names {name} twice; leave one of the two out")
        found[name] = (*found.get(name, ()), _unquoted(value))
    return found


def _quoted(value: str) -> str:
    """The value with every character percent-encoded that would end a word or the comment."""
    return _UNSAFE.sub(lambda char: "".join(f"%{byte:02X}" for byte in char[0].encode()), value)


def _unquoted(value: str) -> str:
    return _ESCAPE.sub(lambda run: bytes.fromhex(run[1].replace("%", "")).decode("utf-8", "replace"), value)
