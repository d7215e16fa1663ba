"""Keeps secrets out of everything that leaves the program."""

import base64
import html
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

MASK = "[secret]"
SHORTEST = 4
"""Characters of the shortest text that is masked: a shorter one is part of so many words that nothing could be read."""


class Scrubber:
    """Knows the secrets of this run and removes them from texts.

    One instance is shared by the sources, which add what they send, and by everything that prints, logs
    or stores, which passes its text through `scrub`. A system may echo a token in an error or a page.
    """

    def __init__(self) -> None:
        """It knows no secret yet."""
        self._forms: set[str] = set()

    def add(self, secret: str) -> None:
        """Remember a secret, also in the forms in which it may be echoed: encoded for URLs, HTML, JSON or base64.

        What is shorter than `SHORTEST` is no secret, and is not masked.
        """
        secret = secret.strip()
        if len(secret) < SHORTEST:
            return
        encoded = base64.b64encode(secret.encode()).decode()
        self._forms |= {secret, quote(secret, safe=""), quote_plus(secret), encoded, html.escape(secret)}
        self._forms |= set(_in_json(secret))

    def scrub(self, text: str) -> str:
        """`text` with every known secret replaced by a mask."""
        for form in sorted(self._forms, key=lambda form: (-len(form), form)):
            text = text.replace(form, MASK)
        return text


def _in_json(secret: str) -> Iterator[str]:
    """The secret as JSON may have it: some encoders escape what HTML has a meaning for, slashes, or everything."""
    for ascii_only in (True, False):
        plain = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        for letters in ("{:04x}", "{:04X}"):
            # As Go does it, and as others do it with apostrophes too.
            for special in ("&<>", "&<>'", "&<>'+"):
                safe = "".join(f"\\u{letters.format(ord(each))}" if each in special else each for each in plain)
                yield from (plain, plain.replace("/", "\\/"), safe, safe.replace("/", "\\/"))
    units = secret.encode("utf-16-be", "surrogatepass")
    codes = [int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2)]
    for letters in ("{:04x}", "{:04X}"):
        yield "".join(f"\\u{letters.format(code)}" for code in codes)
        yield "".join(
            chr(code) if code < 128 and chr(code).isalnum() else f"\\u{letters.format(code)}" for code in codes
        )
