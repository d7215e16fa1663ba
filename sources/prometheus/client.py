"""Asks Prometheus through prometheus-api-client, on a session that keeps the whole answer and bounds every request.

The library alone returns `data.result` only (warnings are lost), has no timeout, repeats queries that the server
gave up on, and loses the server's reason for an error; all of that is mended in the session it is given.
"""

import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from prometheus_api_client import PrometheusConnect
from prometheus_api_client.exceptions import PrometheusApiClientException
from requests.auth import HTTPBasicAuth
from urllib3.util.retry import Retry

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Unreachable
from sources.http import Answer, ask, decoded
from sources.prometheus.settings import PrometheusSettings
from sources.text import one_line

_CONNECT = 5.0
_MOVED = frozenset({301, 302, 303, 307, 308})


class _Session(requests.Session):
    """Sends what the library asks for the way `sources.http.ask` wants it, and remembers what came back."""

    def __init__(
        self, settings: PrometheusSettings, token: str | None, deadline: Deadline, sleep: Callable[[float], None]
    ) -> None:
        super().__init__()
        self.what = ""
        self.answer = Answer(0, {}, "")
        self.url = ""
        self._timeout = settings.timeout
        self._deadline = deadline
        self._sleep = sleep
        self.headers["User-Agent"] = "pm-timeline"
        if settings.ca_file is not None:
            self.verify = str(settings.ca_file.expanduser())

        def authorise(request: requests.PreparedRequest) -> requests.PreparedRequest:
            if token is not None and settings.username:
                HTTPBasicAuth(settings.username.encode(), token.encode())(request)
            elif token is not None:
                request.headers["Authorization"] = f"Bearer {token}"
            return request

        # A callable, also without a token: else requests looks for a password in ~/.netrc.
        self.auth = authorise

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        once = super().request
        got: list[requests.Response] = []

        def send(seconds: float) -> Answer:
            limits = {"timeout": (min(_CONNECT, seconds), seconds), "allow_redirects": False}
            try:
                response = once(method, url, *args, **{**kwargs, **limits})
            except requests.Timeout:
                raise Unreachable(f"{self.what}: no answer within {seconds:.3g} s") from None
            except (requests.RequestException, OSError, ValueError) as error:
                raise Unreachable(f"{self.what}: {_reason(error)}", "is the URL right, and is it up?") from None
            got[:] = [response]
            headers = {name.lower(): value for name, value in response.headers.items()}
            answer = Answer(response.status_code, headers, response.content.decode("utf-8", "replace"))
            _check_given_up(answer, self.what)
            return answer

        self.answer = ask(send, self.what, self._deadline, self._timeout, accept=_MOVED, sleep=self._sleep)
        if self.answer.status in _MOVED:
            target = urlsplit(self.answer.headers.get("location", ""))._replace(query="", fragment="").geturl()
            raise Denied(
                f"{self.what}: redirects to {target}", "is there a login page before it? else set `url` to where it is"
            )
        decoded(self.answer, self.what)
        self.url = got[0].url
        return got[0]


class Client:
    """The questions of this adapter, each answered by one Document. All times are whole Unix seconds."""

    def __init__(
        self,
        settings: PrometheusSettings,
        scrubber: Scrubber,
        deadline: Deadline,
        sleep: Callable[[float], None],
    ) -> None:
        """`deadline` is shared by all requests."""
        token = settings.token(scrubber)
        if settings.username and token is not None:
            # A server may echo the header, which is this in base64.
            scrubber.add(f"{settings.username}:{token}")
        self._host = urlsplit(settings.url).netloc
        self._session = _Session(settings, token, deadline, sleep)
        # Retries are ours, see `sources.http`; without `read` a timeout keeps its name.
        self._api = PrometheusConnect(settings.url, session=self._session, retry=Retry(0, read=False))

    def __enter__(self) -> Self:
        """Open until the end of the `with`."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Close the connections."""
        self._session.close()

    def names(self, pattern: str, start: int, end: int) -> tuple[Document, list[Any]]:
        """Which metrics whose name matches exist about then."""
        params = {"match[]": '{__name__=~"' + pattern + '"}', "start": start, "end": end}
        return self._ask("names", lambda: self._api.get_label_values("__name__", params=params))

    def at(self, call: str, query: str, time: int) -> tuple[Document, list[Any]]:
        """The value of an expression at one time."""
        return self._ask(call, lambda: self._api.custom_query(query, params={"time": time}))

    def raw(self, call: str, selector: str, start: int, end: int) -> Document:
        """All samples from `start` to `end` with the times at which they were taken.

        A range selector at a fixed time gives these; a range query gives values as they looked at other times.
        """
        return self.at(call, f"{selector}[{end - start}s]", end)[0]

    def over(self, call: str, query: str, start: int, end: int, step: int) -> Document:
        """The values of an expression every `step` seconds."""
        begin, finish = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
        return self._ask(call, lambda: self._api.custom_query_range(query, begin, finish, str(step)))[0]

    def _ask(self, call: str, question: Callable[[], Any]) -> tuple[Document, list[Any]]:
        self._session.what = f"{call} from {self._host}"
        try:
            result = question()
        except (KeyError, TypeError, PrometheusApiClientException):
            result = None
        if not isinstance(result, list):
            raise BadAnswer(f"{self._session.what}: no answer of Prometheus' API", "is the URL right?")
        return Document(call, f"GET {self._session.url}", datetime.now(UTC), self._session.answer.text), result


def _check_given_up(answer: Answer, what: str) -> None:
    """Raise BadAnswer for the 503 by which Prometheus says that a query took too long: it would again."""
    if answer.status != 503:
        return
    try:
        body = json.loads(answer.text)
    except (ValueError, RecursionError):
        return
    if isinstance(body, dict) and body.get("errorType") in ("timeout", "canceled"):
        said = one_line(str(body.get("error", "")))[:200]
        raise BadAnswer(f"{what}: the server gave up: {said}", "ask for a shorter window")


def _reason(error: BaseException) -> str:
    """Why there was no answer, from the innermost cause that names it."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, requests.exceptions.SSLError):
            return "its certificate is not trusted, see ca_file"
        if isinstance(link, socket.gaierror):
            return "its name cannot be resolved"
        if isinstance(link, ConnectionRefusedError):
            return "connection refused"
        link = link.__cause__ or link.__context__
    return f"no connection ({type(error).__name__})"
