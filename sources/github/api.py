"""One GET to GitHub's REST API, and listings page by page."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlencode, urlsplit

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Gap
from sources.github.credentials import credentials
from sources.github.settings import GithubSettings
from sources.http import decoded
from sources.page_links import joined, linked_pages, next_page, origin
from sources.web import MOVED, Web, authorisation

MAX_PAGES = 50
"""Maximum pages of one listing, 100 items each, in case a server's pages never end."""


class Api(Web):
    """A session with GitHub's API."""

    def __init__(
        self,
        settings: GithubSettings,
        scrubber: Scrubber,
        deadline: Deadline,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """All requests share `deadline`."""
        token, self.token_origin = credentials(settings, scrubber)
        authorise = authorisation(token, "", scrubber)
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        super().__init__(authorise, scrubber, deadline, settings.timeout, sleep, headers=headers)
        self._api_url = settings.api_url
        self.of = ""
        """The repository that is asked about, unless it is the first; links to further pages lack its name."""

    def document(self, call: str, url: str) -> Document:
        """One answer."""
        return self._page(call, url)[0]

    def pages(self, call: str, url: str, most: int = MAX_PAGES, /, **params: str) -> Iterator[Document | Gap]:
        """A listing of at most `most` pages, following the `next` links; a Gap if its end cannot be reached."""
        first = f"{url}?{urlencode({**params, 'per_page': '100'})}"
        yield from linked_pages(call, first, partial(self._page, call), self._is_ours, most, setting="api_url")

    def _page(self, call: str, url: str) -> tuple[Document, str]:
        what = f"GET {urlsplit(url).path}"
        for _ in range(3):
            answer = self.get(url, what, accept=MOVED | {404})
            if answer.status == 404:
                reason = f"{what}: 404, it does not exist, or the token may not see it"
                raise Denied(reason, "check `repository` and the token")
            if answer.status not in MOVED:
                about = f" of {self.of}" if self.of else ""
                document = Document(call, f"GET {url}{about}", datetime.now(UTC), decoded(answer, what))
                return document, next_page(answer)
            # A renamed repository stays on the same host; a login page is on another one.
            url = joined(url, answer.headers.get("location", ""))
            if not self._is_ours(url):
                raise Denied(f"{what}: redirected to another host", "is api_url right, and is there a login page?")
        raise BadAnswer(f"{what}: redirected again and again")

    def _is_ours(self, url: str) -> bool:
        return origin(url) == origin(self._api_url)
