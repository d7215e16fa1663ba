"""One GET to GitLab's REST API, and listings page by page."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType
from urllib.parse import quote, urlencode, urlsplit

import requests

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Gap
from sources.gitlab.settings import GitlabSettings
from sources.http import Answer, decoded
from sources.page_links import joined, linked_pages, next_page, origin
from sources.web import MOVED, Web, authorisation

MAX_PAGES = 50
"""Maximum pages of one listing, 100 items each, in case a server's pages never end."""
_NONE: Mapping[str, str] = MappingProxyType({})


class Absent(Denied):
    """404: it does not exist, or the token may not see it."""


class Api(Web):
    """A session with one GitLab."""

    def __init__(
        self,
        settings: GitlabSettings,
        scrubber: Scrubber,
        deadline: Deadline,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """All requests share `deadline`."""
        token = settings.token(scrubber)
        bearer = settings.scheme == "Bearer"
        authorise = authorisation(token, "", scrubber) if bearer else _private(token)
        super().__init__(authorise, scrubber, deadline, settings.timeout, sleep, ca_file=settings.ca_file)
        self._api = settings.api

    def document(self, call: str, path: str, params: Mapping[str, str] = _NONE) -> Document:
        """One answer. `path` is the part after `/api/v4`."""
        return self._page(call, self._url(path, params))[0]

    def pages(
        self, call: str, path: str, params: Mapping[str, str] = _NONE, *, most: int = MAX_PAGES
    ) -> Iterator[Document | Gap]:
        """A listing, following the `next` links; a Gap if its end cannot be reached.

        Only the header shows where a listing ends: long listings have no totals, and the links of keyset and offset
        paging look alike.
        """
        first, page = self._url(path, {**params, "per_page": "100"}), partial(self._page, call)
        yield from linked_pages(call, first, page, self._is_ours, most, setting="`url`", listing=f" of {path}")

    def _url(self, path: str, params: Mapping[str, str]) -> str:
        # GitLab reads a literal + in a query as a space, so everything is encoded.
        query = f"?{urlencode(params, quote_via=quote)}" if params else ""
        return f"{self._api}{path}{query}"

    def _page(self, call: str, url: str) -> tuple[Document, str]:
        what = f"GET {urlsplit(url).path}"
        for _ in range(3):
            answer = self.get(url, what, accept=MOVED, check=self._seen(what))
            if answer.status not in MOVED:
                return Document(call, f"GET {url}", datetime.now(UTC), decoded(answer, what)), next_page(answer)
            # A renamed project stays on the same host; a login page is on another one, or outside the API.
            url = joined(url, answer.headers.get("location", ""))
            if not self._is_ours(url) or "/api/v4/" not in urlsplit(url).path:
                raise Denied(f"{what}: redirected out of the API", "is `url` right, and is there a login page?")
        raise BadAnswer(f"{what}: redirected again and again")

    def _seen(self, what: str) -> Callable[[Answer], None]:
        def check(answer: Answer) -> None:
            if answer.status == 404:
                raise Absent(f"{what}: 404, it does not exist, or the token may not see it", "check path and token")

        return check

    def _is_ours(self, url: str) -> bool:
        return origin(url) == origin(self._api)


def _private(token: str | None) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    """Adds the token; needed even without one, else requests would look for a password in ~/.netrc."""

    def authorise(request: requests.PreparedRequest) -> requests.PreparedRequest:
        if token is not None:
            request.headers["PRIVATE-TOKEN"] = token
        return request

    return authorise
