"""Finds many names at once, however they are spelled and encoded."""

import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import quote, quote_plus

from collector.redaction.patterns import AFTER, BEFORE

_BETWEEN = re.compile(r"([ ._-])")
_SHORT = 12
"""A name with fewer characters is replaced only as a whole word, not within longer words."""
_LONG_ENOUGH = 5
_GERMAN = str.maketrans({"\u00e4": "ae", "\u00f6": "oe", "\u00fc": "ue", "\u00df": "ss", "\u00c4": "Ae", "\u00d6": "Oe",
                         "\u00dc": "Ue"})  # fmt: skip
_ANY = "[ ._-]?"
_Tree = dict[str, "_Tree"]


def replacing(
    names: Mapping[str, str], *, loose: bool = False, exact: bool = False, parts: bool = False
) -> Callable[[str], str]:
    """A function that replaces each name in a text by its alias, also as URLs, JSON and HTML encode it.

    `loose`: also with other separators, as `maria.ortiz` is Maria Ortiz; `exact`: only in the same upper and lower
    case; `parts`: also within longer words.
    """
    known: dict[str, str] = {}
    inside: _Tree = {}
    alone: _Tree = {}
    bare = _bare if loose else str.casefold
    for name, alias in names.items():
        for form in (*_forms(name), *(_short_forms(name) if loose else ())):
            known.setdefault(bare(form), alias)
            atoms = [_ANY if loose and _BETWEEN.fullmatch(each) else re.escape(each) for each in form.casefold()]
            _add(inside if parts or len(form) >= _SHORT else alone, atoms if not exact else map(re.escape, form))
    wholes = [f"{BEFORE}{_pattern(alone)}{AFTER}"] if alone else []
    found = [*([_pattern(inside)] if inside else []), *wholes]
    if not found:
        return lambda text: text
    regex = re.compile("|".join(found), 0 if exact else re.IGNORECASE)
    return lambda text: regex.sub(lambda match: known.get(bare(match[0]), match[0]), text)


def _forms(name: str) -> Iterable[str]:
    """The name and its encoded forms."""
    twice = quote(quote(name, safe=""), safe="")
    each = "".join(f"%{byte:02X}" for byte in name.encode("utf-8", "replace"))
    encoded = [quote(name, safe=""), quote_plus(name), twice, each, html.escape(name), json.dumps(name)[1:-1]]
    return dict.fromkeys([name, *encoded, *_in_ascii(name)])


def _in_ascii(name: str) -> Iterable[str]:
    """The spellings in accounts for letters with accents: `zoe.mueller` and `zoe.muller` for Zoë Müller."""
    if not name.isascii():
        for text in (name.translate(_GERMAN), name):
            plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
            if plain.isascii():
                yield plain


def _short_forms(name: str) -> Iterable[str]:
    """The short forms of a person's name in accounts: `mortiz`, `m.ortiz`."""
    for text in (name, *_in_ascii(name)):
        words = re.split(r"[ ._-]", text)
        first, last = words[0], words[-1]
        if len(words) > 1 and first.isalpha() and last.isalpha() and len(last) >= _LONG_ENOUGH:
            yield f"{first[0]}.{last}"


def _bare(name: str) -> str:
    return _BETWEEN.sub("", name).casefold()


def _add(tree: _Tree, atoms: Iterable[str]) -> None:
    for atom in atoms:
        tree = tree.setdefault(atom, {})
    tree[""] = {}


def _pattern(tree: _Tree) -> str:
    """One pattern for all names of a tree, which looks at each character once, and finds the longest name."""
    ways = []
    for atom, below in tree.items():
        prefix = atom
        # Go on to where names differ, because patterns must not be nested too deep.
        while len(below) == 1 and "" not in below:
            ((atom, below),) = below.items()
            prefix += atom
        if atom:
            ways.append(prefix + _pattern(below))
    if not ways:
        return ""
    every = f"(?:{'|'.join(ways)})"
    return f"{every}?" if "" in tree else every
