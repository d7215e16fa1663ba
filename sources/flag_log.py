"""Audit logs of feature flag systems, page by page, and the gap where a log is cut off."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests

from collector.json_text import decode
from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Gap, RateLimited, SourceError
from sources.flag_settings import FlagSettings
from sources.http import decoded
from sources.web import Web

LEAD = timedelta(hours=12)
"""How long before the window a flag change may still explain what happens in it."""
MAX_PAGES = 100
"""Maximum pages of one listing, in case a server's pages never end."""


class Page(NamedTuple):
    """The parts of an answer that paging needs."""

    next: str
    """Address of the next page, possibly relative; empty on the last page."""
    oldest: datetime | None
    """Time of the oldest entry; entries come newest first. None if no entry has a time."""


class Api(Web):
    """A session with one system; no other host is asked."""

    def __init__(
        self,
        settings: FlagSettings,
        authorization: str | None,
        scrubber: Scrubber,
        deadline: Deadline,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`authorization` is the value of that header; all requests share `deadline`."""

        def authorise(request: requests.PreparedRequest) -> requests.PreparedRequest:
            if authorization is not None:
                request.headers["Authorization"] = authorization
            return request

        super().__init__(authorise, scrubber, deadline, settings.timeout, sleep, ca_file=settings.ca_file)

    def document(self, call: str, url: str, right: str) -> Document:
        """One JSON answer. Raises the SourceErrors of `sources.http.ask`, naming the `right` that the token needs."""
        what = f"GET {urlsplit(url).path}"
        try:
            answer = self.get(url, what, accept={404})
        except Denied as error:
            raise Denied(error.reason, f"{error.hint}; the token needs {right}") from None
        if answer.status == 404:
            raise Denied(f"{what}: 404, it does not exist, or the token may not see it", f"the token needs {right}")
        return Document(call, f"GET {url}", datetime.now(UTC), decoded(answer, what))

    def pages(
        self, call: str, url: str, right: str, read: Callable[[Any, str], Page], since: datetime
    ) -> Iterator[Document | Gap]:
        """A listing, newest first, back to `since`, and a Gap for any part of it that cannot be reached."""
        origin, asked, reached = _origin(url), set[str](), None
        for _ in range(MAX_PAGES):
            document = self.document(call, url, right)
            asked.add(url)
            yield document
            page = read(decode(document.text), url)
            reached = min(filter(None, (page.oldest, reached)), default=None)
            if not page.next or (page.oldest is not None and page.oldest < since):
                return
            url = _join(url, page.next)
            if _origin(url) != origin:
                reason = f"{call}: cut off, the link to the next page leads to another host"
                yield Gap(reason, "is `url` right?", span=_missing(since, reached))
                return
            if url in asked:
                yield Gap(f"{call}: cut off, its pages lead back to one before", span=_missing(since, reached))
                return
        hint = "ask for a shorter window, or for fewer projects and environments"
        yield Gap(f"{call}: cut off after {MAX_PAGES} pages", hint, span=_missing(since, reached))


def each_on_its_own(logs: Iterable[Iterator[Document | Gap]]) -> Iterator[Document | Gap]:
    """The documents of each log. If one is denied, a Gap; the others continue. Raises only if no log answered."""
    errors: list[SourceError] = []
    answered = False
    for log in logs:
        try:
            for given in log:
                answered = answered or isinstance(given, Document)
                yield given
        except SourceError as error:
            errors.append(error)
            if isinstance(error, RateLimited):
                # All logs share the limit.
                break
    if not answered and errors:
        raise errors[0]
    yield from (Gap(error.reason, error.hint) for error in errors)


def entries(document: Document, key: str) -> list[Any]:
    """The list under `key` in the answer. Raises BadAnswer if there is none."""
    body = document.json()
    found = body.get(key) if isinstance(body, dict) else None
    if not isinstance(found, list):
        raise BadAnswer(f"{document.call}: the answer has no list `{key}`", "is the URL right?")
    return found


def _missing(since: datetime, reached: datetime | None) -> tuple[datetime, datetime] | None:
    return (since, reached) if reached is not None and since < reached else None


def _join(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


def _origin(url: str) -> tuple[str, str | None, int | None] | None:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
