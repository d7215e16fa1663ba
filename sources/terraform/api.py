"""Asks Terraform's API v2 (developer.hashicorp.com/terraform/cloud-docs/api-docs), which answers in JSON:API.

It allows 30 requests a second and answers 429 beyond that, and 404 for anything that the token may not see.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Gap
from sources.http import parsed
from sources.terraform.reduce import reduced
from sources.terraform.settings import TerraformSettings
from sources.web import Web, authorisation

MAX_PAGES = 50
"""Maximum pages of one listing, 100 items each, in case a server's pages never end."""


class Absent(Denied):
    """There is nothing at that address, or the token may not see it."""


class Api(Web):
    """A session with one Terraform Cloud or Enterprise."""

    def __init__(
        self,
        settings: TerraformSettings,
        scrubber: Scrubber,
        deadline: Deadline,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """All requests share `deadline`."""
        authorise = authorisation(settings.token(scrubber), "", scrubber)
        headers = {"Accept": "application/vnd.api+json"}
        super().__init__(
            authorise, scrubber, deadline, settings.timeout, sleep, headers=headers, ca_file=settings.ca_file
        )
        self._base = f"{settings.url}/api/v2"

    def pages(self, call: str, path: str, params: Mapping[str, str]) -> Iterator[Document | Gap]:
        """A listing, page by page; a Gap if its end cannot be reached."""
        number = 1
        for _ in range(MAX_PAGES):
            document, following = self._ask(call, path, {**params, "page[number]": str(number), "page[size]": "100"})
            yield document
            if following is None:
                return
            if following <= number:
                yield Gap(f"{call}: truncated, page {number} is followed by page {following}", "is `url` right?")
                return
            number = following
        yield Gap(f"{call}: truncated after {MAX_PAGES} pages", "name fewer `workspaces`, or ask for a later window")

    def document(self, call: str, path: str, params: Mapping[str, str] | None = None) -> Document:
        """One answer without pages, or only the first page."""
        return self._ask(call, path, params or {})[0]

    def _ask(self, call: str, path: str, params: Mapping[str, str]) -> tuple[Document, int | None]:
        """The reduced answer, and the number of the next page."""
        url = f"{self._base}{path}" + (f"?{urlencode(params)}" if params else "")
        what = f"GET {urlsplit(url).path}"
        answer = self.get(url, what, accept={404})
        if answer.status == 404:
            hint = "check `organization`, `workspaces` and the rights of the token"
            raise Absent(f"{what}: 404, it does not exist, or the token may not see it", hint)
        body = parsed(answer, what)
        if not isinstance(body, dict) or "data" not in body:
            raise BadAnswer(f"{what}: no answer of Terraform's API", "is `url` right?")
        text = json.dumps(reduced(body), separators=(",", ":"), ensure_ascii=False)
        return Document(call, f"GET {url}", datetime.now(UTC), text), _next(body)


def _next(body: Mapping[str, Any]) -> int | None:
    meta = body.get("meta")
    pagination = meta.get("pagination") if isinstance(meta, dict) else None
    number = pagination.get("next-page") if isinstance(pagination, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None
