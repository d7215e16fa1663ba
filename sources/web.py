"""An HTTP session with one system, for adapters that need no client library."""

import socket
import ssl
import time
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import requests
import urllib3
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import ReadTimeoutError

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Unreachable
from sources.bounded import Allowance
from sources.http import Answer, ask
from sources.proxies import environment_proxy, proxy_failure
from sources.tls import trusted

INSTALL_SOCKS = "pipx install --force 'pm-timeline[socks]', or pip install 'pm-timeline[socks]'"
MOVED = frozenset({301, 302, 303, 307, 308})


Authorise = Callable[[requests.PreparedRequest], requests.PreparedRequest]
"""Adds the credentials to a request."""


def authorisation(token: str | None, username: str, scrubber: Scrubber) -> Authorise:
    """A function that adds the credentials to a request: basic authentication with `username`, else a bearer token.

    It is needed even without a token, else requests would look for a password in ~/.netrc.
    """
    if token is not None and username:
        # A server may echo the header, which contains this in base64.
        scrubber.add(f"{username}:{token}")

    def authorise(request: requests.PreparedRequest) -> requests.PreparedRequest:
        if token is not None and username:
            HTTPBasicAuth(username.encode(), token.encode())(request)
        elif token is not None:
            request.headers["Authorization"] = f"Bearer {token}"
        return request

    return authorise


class Web:
    """Sends credentials only to the configured host, and follows no redirects."""

    def __init__(
        self,
        authorise: Authorise,
        scrubber: Scrubber,
        deadline: Deadline,
        timeout: float,
        sleep: Callable[[float], None] = time.sleep,
        *,
        headers: Mapping[str, str] | None = None,
        ca_file: Path | None = None,
    ) -> None:
        """All requests share `deadline`; `timeout` applies to each request, in seconds.

        `scrubber` masks secrets that a server echoes in an error answer, before a part of that answer is quoted.
        """
        self._scrubber = scrubber
        self._deadline = deadline
        self._allowance = Allowance(deadline)
        self._timeout = timeout
        self._sleep = sleep
        self._session = requests.Session()
        self._session.headers.update({"Accept": "application/json", "User-Agent": "pm-timeline", **(headers or {})})
        self._session.auth = authorise
        if ca_file is not None:
            self._session.verify = trusted(ca_file)

    def __enter__(self) -> Self:
        """The open session."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Close the connections."""
        self._session.close()

    def get(
        self,
        url: str,
        what: str,
        accept: Collection[int] = (),
        check: Callable[[Answer], None] | None = None,
    ) -> Answer:
        """The answer with status 2xx or one in `accept`; `what` names the request in errors.

        `check` sees every answer first and may raise, before a failed request is retried. Raises the SourceErrors of
        `sources.http.ask`, and Denied for a redirect unless `accept` has its status.
        """
        answer = ask(
            partial(self._send, url, what, check),
            what,
            self._deadline,
            self._timeout,
            accept=MOVED | set(accept),
            sleep=self._sleep,
        )
        if answer.status in MOVED and answer.status not in accept:
            target = urlsplit(answer.headers.get("location", ""))._replace(query="", fragment="").geturl()
            hint = "is there a login page before it? else set `url` to where it is"
            raise Denied(f"{what}: redirects to {target}", hint)
        return answer

    def _send(self, url: str, what: str, check: Callable[[Answer], None] | None, seconds: float) -> Answer:
        try:
            # requests would follow a redirect with the password of ~/.netrc.
            response = self._session.get(url, timeout=seconds, allow_redirects=False, stream=True)
            body = self._allowance.body(response.raw, what)
        except requests.Timeout:
            raise Unreachable(f"{what}: no answer within {seconds:.3g} s") from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            if timed_out(error):
                raise Unreachable(f"{what}: no answer within {seconds:.3g} s") from None
            why, hint = no_answer(error)
            raise Unreachable(f"{what}: {why}", hint) from None
        except ValueError:
            # requests parses the target of a redirect even if it does not follow it.
            raise BadAnswer(f"{what}: redirected to a malformed address", "is the URL right?") from None
        headers = {name.lower(): value for name, value in response.headers.items()}
        text = body.decode("utf-8", "replace")
        if not response.ok:
            # Errors quote a part of the text, and half a secret would no longer be recognised.
            text = self._scrubber.scrub(text)
        answer = Answer(response.status_code, headers, text)
        if check is not None:
            check(answer)
        return answer


def timed_out(error: BaseException) -> bool:
    """Whether the time ran out in the middle of the answer, which requests reports as a connection error."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, ReadTimeoutError):
            return True
        link = link.__cause__ or link.__context__
    return False


def _at_proxy(error: BaseException) -> tuple[str, str] | None:
    """Reason and hint if the proxy that the environment names is why there is no connection."""
    url = getattr(getattr(error, "request", None), "url", None) or ""
    proxy, where = environment_proxy(url)
    if isinstance(error, requests.exceptions.InvalidProxyURL):
        return "the proxy of the environment is no usable URL", f"see {where}"
    return proxy_failure(error, proxy, where)


def no_answer(error: BaseException) -> tuple[str, str]:
    """Reason and hint for a connection error, from the first of its causes with a known reason."""
    up = "is the URL right, and is it up?"
    secure = "is it HTTPS there, and does it want a certificate of yours, see cert_file?"
    if isinstance(error, requests.exceptions.InvalidSchema) and "SOCKS" in str(error):
        return "the proxy of the environment is a SOCKS proxy, for which PySocks is missing", INSTALL_SOCKS
    failed = _at_proxy(error)
    if failed is not None:
        return failed
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted: {link.verify_message}", "see ca_file"
        if isinstance(link, ssl.SSLError):
            return f"TLS failed: {link.reason or type(link).__name__}", secure
        if isinstance(link, socket.gaierror):
            return "its name cannot be resolved", up
        if isinstance(link, ConnectionRefusedError):
            return "connection refused", up
        link = link.__cause__ or link.__context__
    if isinstance(error, requests.exceptions.SSLError):
        return "TLS failed", secure
    return f"no connection ({type(error).__name__})", up
