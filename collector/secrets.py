"""Keeps secrets out of everything that leaves the program."""

import base64
import json
from urllib.parse import quote, quote_plus

MASK = "[secret]"


class Scrubber:
    """Knows the secrets of this run and removes them from texts.

    One instance is shared by the sources, which add what they send, and by everything that prints, logs
    or stores, which passes its text through `scrub`. A system may echo a token in an error or a page.
    """

    def __init__(self) -> None:
        """It knows no secret yet."""
        self._forms: set[str] = set()

    def add(self, secret: str) -> None:
        """Remember a secret, also in the forms in which it may be echoed: encoded for URLs, JSON or base64."""
        secret = secret.strip()
        if not secret:
            return
        encoded = base64.b64encode(secret.encode()).decode()
        self._forms |= {secret, quote(secret, safe=""), quote_plus(secret), encoded}
        self._forms |= {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}

    def scrub(self, text: str) -> str:
        """`text` with every known secret replaced by a mask."""
        for form in sorted(self._forms, key=lambda form: (-len(form), form)):
            text = text.replace(form, MASK)
        return text
