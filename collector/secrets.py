"""Keeps secrets out of everything that leaves the program."""

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

MASK = "[secret]"
SHORTEST = 4
"""Characters of the shortest text that is masked: a shorter one is part of so many words that nothing could be read."""

_PASSWORD_IN_URL = re.compile(
    # An image with a tag and a digest has the same form: `docker://nginx:1.25@sha256:…`.
    r"""(?P<user>:(?://|\\/\\/)[^\s/?#@:"'<>\\]{0,128}:)[^\s/?#@"'<>\\]{1,256}@(?!sha\d{3}:)""",
)


def without_passwords(text: str) -> str:
    """`text` with the password of every URL in it masked: `postgres://app:…@db`."""
    return _PASSWORD_IN_URL.sub(rf"\g<user>{MASK}@", text) if "@" in text else text


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
        self._forms |= {secret, *_in_url(secret), *_in_html(secret), *_in_base64(secret)}
        in_json = set(_in_json(secret))
        # A line of a log is often JSON, and stands in JSON.
        self._forms |= in_json | {json.dumps(form)[1:-1] for form in in_json if "\\" in form}

    def scrub(self, text: str) -> str:
        """`text` with every known secret replaced by a mask, and every password of a URL: `postgres://app:…@db`."""
        for form in sorted(self._forms, key=lambda form: (-len(form), form)):
            text = text.replace(form, MASK)
        return without_passwords(text)


def _in_url(secret: str) -> Iterator[str]:
    """The secret as a URL may have it, also one that is itself a parameter, as login pages are given it."""
    for once in {quote(secret, safe=""), quote_plus(secret), quote(secret)}:
        for form in (once, re.sub("%..", lambda code: code[0].lower(), once)):
            yield from (form, quote(form, safe=""))


def _in_html(secret: str) -> Iterator[str]:
    """The secret as a page may have it: some escape quotes, and there are several ways to."""
    safe = html.escape(secret)
    yield from (safe, html.escape(secret, quote=False), safe.replace("&#x27;", "&#39;").replace("&quot;", "&#34;"))


def _in_base64(secret: str) -> Iterator[str]:
    """The secret as a header may have it; the alphabet of URLs has no padding either."""
    for encoded in (base64.b64encode(secret.encode()), base64.urlsafe_b64encode(secret.encode())):
        # Without the padding it stands in what has it.
        yield from (encoded.decode(), encoded.decode().rstrip("="))


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
