"""One GET to GitHub's REST API, and a listing page by page."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Self
from urllib.parse import urlencode, urljoin, urlsplit

import requests
from requests.utils import parse_header_links

from collector.source import BadAnswer, Deadline, Denied, Document, Gap, Unreachable
from sources.github.settings import GithubSettings
from sources.http import Answer, ask, decoded

MAX_PAGES = 50
"""Of one listing, 100 items each: a bound, also against a server whose pages never end."""
_MOVED = frozenset({301, 302, 307, 308})


class Api:
    """A session that sends the token to the configured host and to no other."""

    def __init__(
        self,
        settings: GithubSettings,
        token: str | None,
        deadline: Deadline,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`deadline` is shared by all requests."""
        self._settings = settings
        self._deadline = deadline
        self._sleep = sleep
        self._session = requests.Session()
        self._session.headers.update(
            {
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
                "User-Agent": "pm-timeline",
            }
        )

        def authorise(request: requests.PreparedRequest) -> requests.PreparedRequest:
            if token is not None:
                request.headers["Authorization"] = f"Bearer {token}"
            return request

        # A callable, also without a token: else requests looks for a password in ~/.netrc.
        self._session.auth = authorise

    def __enter__(self) -> Self:
        """Open until the end of the `with`."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Close the connections."""
        self._session.close()

    def get(self, call: str, url: str) -> Document:
        """One answer."""
        return self._get(call, url)[0]

    def pages(self, call: str, url: str, **params: str) -> Iterator[Document | Gap]:
        """A listing, following the `next` links as they are given; a Gap if it cannot be followed to its end."""
        following = f"{url}?{urlencode({**params, 'per_page': '100'})}"
        for _ in range(MAX_PAGES):
            document, link = self._get(call, following)
            yield document
            if not link:
                return
            following = _join(following, link)
            if not self._is_ours(following):
                yield Gap(f"{call}: truncated, the link to the next page leads to another host", "is api_url right?")
                return
        yield Gap(f"{call}: truncated after {MAX_PAGES} pages", "ask for a later or a shorter window")

    def _get(self, call: str, url: str) -> tuple[Document, str]:
        what = f"GET {urlsplit(url).path}"
        for _ in range(3):
            answer = ask(
                partial(self._send, url, what),
                what,
                self._deadline,
                self._settings.timeout,
                accept=_MOVED | {404},
                sleep=self._sleep,
            )
            if answer.status == 404:
                reason = f"{what}: 404, it does not exist, or the token may not see it"
                raise Denied(reason, "check `repository` and the token")
            if answer.status not in _MOVED:
                document = Document(call, f"GET {url}", datetime.now(UTC), decoded(answer, what))
                return document, _next(answer)
            # A renamed repository moves within its host; a login page is elsewhere.
            url = _join(url, answer.headers.get("location", ""))
            if not self._is_ours(url):
                raise Denied(f"{what}: redirected to another host", "is api_url right, and is there a login page?")
        raise BadAnswer(f"{what}: redirected again and again")

    def _send(self, url: str, what: str, seconds: float) -> Answer:
        try:
            # Redirects are followed above: requests would send them the password of ~/.netrc.
            response = self._session.get(url, timeout=seconds, allow_redirects=False)
        except requests.Timeout:
            raise Unreachable(f"{what}: no answer within {seconds:.3g} s") from None
        except requests.RequestException as error:
            host = urlsplit(url).netloc
            raise Unreachable(f"{what}: no connection to {host} ({type(error).__name__})", "is it reachable?") from None
        except ValueError:
            # requests looks at where a redirect leads also when it is not to follow it.
            raise BadAnswer(f"{what}: redirected to a malformed address", "is api_url right?") from None
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, response.content.decode("utf-8", "replace"))

    def _is_ours(self, url: str) -> bool:
        return _origin(url) == _origin(self._settings.api_url)


def _next(answer: Answer) -> str:
    links = parse_header_links(answer.headers.get("link", ""))
    return next((link["url"] for link in links if link.get("rel") == "next"), "")


def _join(base: str, link: str) -> str:
    """The address that a link leads to; empty if it is none."""
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
