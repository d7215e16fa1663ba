"""Asks Prometheus through prometheus-api-client, with a session that keeps whole answers and limits every request.

The library alone returns `data.result` only (without warnings), has no timeout, repeats queries that the server
gave up on, and loses the server's reason for an error. The session given to it corrects all of that.
"""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import requests
import urllib3
from prometheus_api_client import PrometheusConnect
from prometheus_api_client.exceptions import PrometheusApiClientException
from urllib3.util.retry import Retry

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, RateLimited, Unreachable
from sources.bounded import Allowance
from sources.http import Answer, ask, decoded
from sources.promql.refusals import check, reason
from sources.promql.settings import PromqlSettings
from sources.text import one_line
from sources.tls import identity, trusted
from sources.web import MOVED, authorisation, no_answer, timed_out

_CONNECT = 5.0
_ABSENT = frozenset({404, 405, 501})


class _Session(requests.Session):
    """Sends the requests of the library through `sources.http.ask`, and keeps the last answer."""

    def __init__(
        self, settings: PromqlSettings, scrubber: Scrubber, deadline: Deadline, sleep: Callable[[float], None]
    ) -> None:
        super().__init__()
        self.what = ""
        self.answer = Answer(0, {}, "")
        self.url = ""
        self._timeout = settings.timeout
        self._deadline = deadline
        self._allowance = Allowance(deadline)
        self._sleep = sleep
        self._scrubber = scrubber
        self.headers.update({"User-Agent": "pm-timeline"} | settings.every_header(scrubber))
        self.params = dict(settings.params)
        if settings.ca_file is not None:
            self.verify = trusted(settings.ca_file)
        if settings.cert_file is not None:
            self.cert = identity(settings.cert_file, settings.key_file)
        self.auth = authorisation(settings.token(scrubber), settings.username, scrubber)

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        once, scrubber = super().request, self._scrubber
        got: list[requests.Response] = []

        def send(seconds: float) -> Answer:
            limits = {"timeout": (min(_CONNECT, seconds), seconds), "allow_redirects": False, "stream": True}
            try:
                response = once(method, url, *args, **{**kwargs, **limits})
                body = self._allowance.body(response.raw, self.what)
            except requests.Timeout:
                raise Unreachable(f"{self.what}: no answer within {seconds:.3g} s") from None
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
                if timed_out(error):
                    raise Unreachable(f"{self.what}: no answer within {seconds:.3g} s") from None
                why, hint = no_answer(error)
                raise Unreachable(f"{self.what}: {why}", hint) from None
            # The library reads the body again.
            response.raw = io.BytesIO(body)
            got[:] = [response]
            headers = {name.lower(): value for name, value in response.headers.items()}
            text = body.decode("utf-8", "replace")
            if not response.ok:
                # Errors quote a part of the text, and half a secret would no longer be recognised.
                text = scrubber.scrub(text)
            self.answer = Answer(response.status_code, headers, text)
            check(self.answer, self.what)
            return self.answer

        try:
            ask(send, self.what, self._deadline, self._timeout, accept=MOVED, sleep=self._sleep)
        except RateLimited as error:
            why = reason(self.answer)
            raise RateLimited(f"{error.reason}: {why}" if why else error.reason, error.hint) from None
        if self.answer.status in MOVED:
            target = one_line(re.split("[?#]", self.answer.headers.get("location", ""))[0])
            raise Denied(
                f"{self.what}: redirects to {target}", "is there a login page before it? else set `url` to where it is"
            )
        decoded(self.answer, self.what)
        self.url = got[0].url
        return got[0]


class Client:
    """The requests of the adapters, each answered by one Document. All times are whole Unix seconds."""

    def __init__(
        self,
        settings: PromqlSettings,
        scrubber: Scrubber,
        deadline: Deadline,
        sleep: Callable[[float], None],
    ) -> None:
        """All requests share `deadline`."""
        self._host = urlsplit(settings.url).netloc
        self._session = _Session(settings, scrubber, deadline, sleep)
        # `sources.http` does the retries. Without `read=False`, urllib3 would hide timeouts behind another error.
        self._api = PrometheusConnect(settings.url, session=self._session, retry=Retry(0, read=False))

    def __enter__(self) -> Self:
        """The open client."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Close the connections."""
        self._session.close()

    def names(self, pattern: str, start: int, end: int, call: str = "names") -> tuple[Document, list[Any]]:
        """The existing metrics around that time with matching names."""
        params = {"match[]": '{__name__=~"' + pattern + '"}', "start": start, "end": end}
        return self._ask(call, lambda: self._api.get_label_values("__name__", params=params))

    def at(self, call: str, query: str, time: int) -> tuple[Document, list[Any]]:
        """The value of an expression at one time."""
        return self._ask(call, lambda: self._api.custom_query(query, params={"time": time}))

    def raw(self, call: str, selector: str, start: int, end: int) -> Document:
        """All raw samples from `start` to `end`, with their own timestamps.

        A range selector at a fixed time returns these; a range query returns values at other times.
        """
        return self.at(call, f"{selector}[{end - start}s]", end)[0]

    def over(self, call: str, query: str, start: int, end: int, step: int) -> Document:
        """The values of an expression every `step` seconds."""
        begin, finish = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
        return self._ask(call, lambda: self._api.custom_query_range(query, begin, finish, str(step)))[0]

    def rules(self, after: str) -> tuple[Document, str]:
        """The current alerting rules, and the token for requesting the next page; empty on the last page."""
        params = {"type": "alert", "exclude_alerts": "true"}
        if after:
            params |= {"group_limit": "100", "group_next_token": after}
        url = f"{self._api.url}/api/v1/rules"
        document, data = self._ask("rules", lambda: [self._session.get(url, params=params).json()["data"]])
        token = data[0].get("groupNextToken") if isinstance(data[0], dict) else None
        return document, token if isinstance(token, str) else ""

    def flags(self) -> Document:
        """The server's command line flags."""
        url = f"{self._api.url}/api/v1/status/flags"
        return self._ask("flags", lambda: [self._session.get(url).json()["data"]])[0]

    def runtime_info(self) -> Document:
        """Runtime information: when the server started, and how long it keeps samples."""
        url = f"{self._api.url}/api/v1/status/runtimeinfo"
        return self._ask("runtimeinfo", lambda: [self._session.get(url).json()["data"]])[0]

    def absent(self) -> bool:
        """Whether the last answer means that the endpoint does not exist."""
        return self._session.answer.status in _ABSENT

    def _ask(self, call: str, question: Callable[[], Any]) -> tuple[Document, list[Any]]:
        self._session.what = f"{call} from {self._host}"
        try:
            result = question()
        except (KeyError, TypeError, PrometheusApiClientException):
            result = None
        if not isinstance(result, list):
            raise BadAnswer(f"{self._session.what}: no answer of Prometheus' API", "is the URL right?")
        return Document(call, f"GET {self._session.url}", datetime.now(UTC), self._session.answer.text), result
