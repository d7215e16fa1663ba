"""Keeps secrets out of everything that leaves the program."""

import base64
import re
from collections.abc import Iterator

from msgspec import Struct

from collector.escapes import Unescaped, unescaped

MASK = "[secret]"
SHORTEST = 4
"""Characters of the shortest text that is masked: a shorter one is part of too many words to stay readable."""
_LAYERS = 4
"""How many layers of escapes are undone: a parameter of a URL in a JSON text in a line of JSON."""
_PIECE = 2**20
_LEAST_OF_BASE64 = 6
"""How many characters of base64 are unlikely to match by chance."""
_FOLDED = 16
"""Characters of the shortest secret that is searched for in folded lines."""

_PASSWORD_IN_URL = re.compile(
    # An image with a tag and a digest has the same form: `docker://nginx:1.25@sha256:…`.
    r"""(?P<user>:(?://|\\/\\/)[^\s/?#@:"'<>\\]{0,128}:)[^\s/?#@"'<>\\]{1,256}@(?!sha\d{3}:)""",
)
_LETTERS = re.compile(r"""["'\\\x00-\x1f]""")
"""The characters that JSON escapes with a backslash, or with a backslash and a letter."""
Span = tuple[int, int]


def without_passwords(text: str) -> str:
    """`text` with the password of every URL in it masked: `postgres://app:…@db`."""
    return _PASSWORD_IN_URL.sub(rf"\g<user>{MASK}@", text) if "@" in text else text


class _Form(Struct, frozen=True, order=True):
    """One way in which a secret may stand in a text, before anything is escaped."""

    text: str
    lead: int = 0
    trail: int = 0
    """Characters before and after `text` that encode a part of the secret together with its neighbours."""


class Scrubber:
    """Knows the secrets of this run and removes them from texts.

    One instance is shared by the sources, which add the secrets that they send, and by everything that prints, logs
    or stores, which passes its text through `scrub`. A system may echo a token in an error or a page.
    """

    def __init__(self) -> None:
        """It knows no secret yet."""
        self._forms: list[_Form] = []
        self._letters = False
        self._parts: frozenset[str] = frozenset()

    def add(self, secret: str) -> None:
        """Remember a secret. It is also found in hexadecimal, in base64 and within base64, and escaped in any way.

        A text shorter than `SHORTEST` is not a secret and is not masked.
        """
        secret = secret.strip()
        if len(secret) < SHORTEST or any(form.text == secret for form in self._forms):
            return
        self._letters = self._letters or bool(_LETTERS.search(secret))
        self._parts |= set(_parts(secret))
        plain = {_Form(each) for each in (*_plain(secret), *_unescaped_forms(secret))}
        forms = {*self._forms, *plain, *_in_base64(secret.encode("utf-8", "surrogatepass"))}
        # Other threads may be scrubbing meanwhile, so the list is replaced.
        self._forms = sorted(forms, key=lambda form: (-len(form.text), form))

    def scrub(self, text: str) -> str:
        """`text` with every known secret replaced by a mask, and every password of a URL: `postgres://app:…@db`."""
        forms = self._forms
        text = _masked(text, [span for form in forms for span in _places(form, text)])
        return without_passwords(_masked(text, list(self._escaped(forms, text))))

    def _escaped(self, forms: list[_Form], text: str) -> Iterator[Span]:
        """The positions of secrets that are escaped, or folded over lines. Large texts are searched in pieces."""
        if not forms:
            return
        # An escaped character takes up to 12 characters.
        shared = 16 * max(len(form.text) for form in forms)
        for begin in range(0, max(1, len(text) - shared), _PIECE):
            piece = text[begin : begin + _PIECE + shared]
            ways = [False]
            if "\n" in piece or "\\n" in piece:
                ways += [True] if any(part in piece for part in self._parts) else []
            for folds in ways:
                for start, end in _in_layers(forms, piece, letters=self._letters, folds=folds):
                    yield begin + start, begin + end


def _in_layers(forms: list[_Form], piece: str, *, letters: bool, folds: bool) -> Iterator[Span]:
    layers: list[Unescaped] = []
    for _ in range(_LAYERS):
        layer = unescaped(layers[-1].text if layers else piece, letters=letters, folds=folds)
        if layer is None:
            return
        layers.append(layer)
        for form in forms:
            for span in _places(form, layer.text):
                for each in reversed(layers):
                    span = each.place(*span)
                yield span


def _masked(text: str, spans: list[Span]) -> str:
    pieces: list[str] = []
    done = 0
    for start, end in sorted(spans):
        if start >= done:
            pieces += (text[done:start], MASK)
        done = max(done, end)
    return "".join((*pieces, text[done:])) if spans else text


def _places(form: _Form, text: str) -> Iterator[Span]:
    at = text.find(form.text)
    while at >= 0:
        start, end = at - form.lead, at + len(form.text)
        if form.trail:
            end += form.trail
            while text.startswith("=", end):
                end += 1
        yield max(0, start), min(len(text), end)
        at = text.find(form.text, max(at + len(form.text), end))


def _plain(secret: str) -> Iterator[str]:
    """The secret itself, with spaces and `+` as forms encode and decode them, and in hexadecimal."""
    yield secret
    yield secret.replace(" ", "+")
    read = secret.replace("+", " ").strip()
    if len(read) >= SHORTEST:
        yield read
    body = secret.encode("utf-8", "surrogatepass")
    yield from (body.hex(), body.hex().upper())


def _unescaped_forms(secret: str) -> Iterator[str]:
    """The forms of a secret that itself looks escaped (`ab%20c"d`) after escapes around it are undone."""
    for letters in (False, True):
        text = secret
        for _ in range(_LAYERS):
            layer = unescaped(text, letters=letters)
            if layer is None or len(layer.text) < SHORTEST:
                break
            text = layer.text
            yield text


def _in_base64(secret: bytes) -> Iterator[_Form]:
    """The secret in base64, as in a header, also after a user name, which shifts it by one or two bytes of three."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for shift in range(3):
            whole = encode(bytes(shift) + secret).decode().rstrip("=")
            # A character that crosses the first or last byte depends on the neighbouring bytes.
            first, last = -(-shift * 8 // 6), (shift + len(secret)) * 8 // 6
            lead, trail = int(shift > 0), len(whole) - last
            if last - first >= _LEAST_OF_BASE64:
                yield _Form(whole[first:last], lead, trail)
            elif not shift:
                yield _Form(whole)


def _parts(secret: str) -> Iterator[str]:
    """Parts of the secret, at least one of which is whole in a text that folds the secret over lines.

    They are taken from the end, because many tokens begin alike.
    """
    if len(secret) < _FOLDED:
        return
    length = max(_FOLDED // 3, min(20, len(secret) // 3))
    for number in range(min(2, len(secret) // length)):
        end = len(secret) - number * length
        yield secret[end - length : end]
