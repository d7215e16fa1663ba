"""Masks free text, so that only words stay that reveal nothing about its author."""

import re
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_BETWEEN = re.compile(r"[ ,.'\u2019-]{1,2}")
_NUMBER = re.compile(r"v?[0-9].*|(?=.*[0-9])[0-9a-f]{7,}", re.IGNORECASE)
_ENDINGS = ("n't", "n\u2019t", "'t", "\u2019t", "'s", "\u2019s", "s", "es", "ed", "d", "ing", "ly", "er")
_ZONES = re.compile(r"[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+")


@cache
def vocabulary() -> frozenset[str]:
    """The words that stay, in lower case."""
    return _listed("vocabulary.txt")


@cache
def _first_names() -> frozenset[str]:
    """First names; with a capital letter they count as names, even at the beginning of a sentence."""
    return _listed("first_names.txt")


def _listed(file: str) -> frozenset[str]:
    lines = Path(__file__).with_name(file).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def masked(text: str, known: Collection[str], alias: Callable[[str], str]) -> str:
    """`text` with each run of words that are neither in the vocabulary nor `known` replaced by its alias.

    `known` are the words of names that stay, in lower case.
    """
    out: list[str] = []
    end = 0
    run: tuple[int, int] | None = None
    zones = {found.start() + word.start() for found in _ZONES.finditer(text) for word in _WORD.finditer(found[0])}
    for found in _WORD.finditer(text):
        stays = _stays(found[0], known) or found.start() in zones
        joined = run is not None and _BETWEEN.fullmatch(text, run[1], found.start()) is not None
        if run is not None and (stays or not joined):
            out += [text[end : run[0]], alias(text[run[0] : run[1]])]
            end, run = run[1], None
        if not stays:
            run = (run[0] if run else found.start(), found.end())
    if run is not None:
        out += [text[end : run[0]], alias(text[run[0] : run[1]])]
        end = run[1]
    return "".join([*out, text[end:]])


def is_plain(word: str) -> bool:
    """Whether it consists of words that reveal nothing about anybody."""
    return re.fullmatch(r"[A-Za-z_]+", word) is not None and all(_stays(part, ()) for part in word.split("_") if part)


def _stays(word: str, known: Collection[str]) -> bool:
    plain = word.casefold()
    if plain in known or (word.isascii() and (len(word) == 1 or _NUMBER.fullmatch(word))):
        return True
    if word[0].isupper() and plain in _first_names():
        return False
    words = vocabulary()
    if plain in words:
        return True
    stems = (plain.removesuffix(end) for end in _ENDINGS if plain.endswith(end))
    if any(len(stem) > 2 and (stem in words or f"{stem}e" in words) for stem in stems):
        return not word[0].isupper() or plain[:-1] not in _first_names()
    # CamelCase, as in the reasons of Kubernetes.
    pieces = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+", word)
    return len(pieces) > 1 and all(piece.isdecimal() or piece.casefold() in words for piece in pieces)
