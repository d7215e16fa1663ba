"""The comment before a table: it names the window, the sources and the bundle, so that no option is repeated."""

import re
from collections.abc import Mapping

from collector.errors import UsageError

NAMES = ("from", "to", "tz", "bundle", "service", "namespace", "source", "notes", "config")
"""What it may name; the last five of them, but `config`, several times."""
_SINGLE = ("from", "to", "tz", "bundle", "config")
START = re.compile(r" {0,3}<!--\s*pm-timeline\b(.*?)-->\s*$")
END = re.compile(r" {0,3}<!--\s*/pm-timeline\b")
_UNSAFE = re.compile(r"[\s%\"<>]|(?<=-)-")
_ESCAPE = re.compile(r"%((?:[0-9A-F]{2})+)")

Settings = Mapping[str, tuple[str, ...]]
"""The values of each name; a name without any is missing."""


def written(settings: Settings) -> str:
    """`<!-- pm-timeline from=... to=... bundle=... -->`."""
    parts = [f"{name}={_quoted(value)}" for name in NAMES for value in settings.get(name, ())]
    return f"<!-- {' '.join(['pm-timeline', *parts])} -->"


def parsed(line: str, number: int) -> Settings:
    """What the marker in `line` names. Raises UsageError, which names the line by its `number`."""
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
    """The value without anything that ends a word or a comment: such bytes percent-encoded."""
    return _UNSAFE.sub(lambda char: "".join(f"%{byte:02X}" for byte in char[0].encode()), value)


def _unquoted(value: str) -> str:
    return _ESCAPE.sub(lambda run: bytes.fromhex(run[1].replace("%", "")).decode("utf-8", "replace"), value)
