"""One session with one system over HTTP, for adapters that need no client library."""

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
from sources.tls import trusted

INSTALL_SOCKS = "pipx install 'pm-timeline[socks]', or pip install 'pm-timeline[socks]'"
MOVED = frozenset({301, 302, 303, 307, 308})


Authorise = Callable[[requests.PreparedRequest], requests.PreparedRequest]
"""Puts the credentials on a request."""


def authorisation(token: str | None, username: str, scrubber: Scrubber) -> Authorise:
    """What puts the credentials on a request: the token as password of `username`, else as bearer token.

    A callable also without a token: else requests looks for a password in ~/.netrc.
    """
    if token is not None and username:
        # A server may echo the header, which is this in base64.
        scrubber.add(f"{username}:{token}")

    def authorise(request: requests.PreparedRequest) -> requests.PreparedRequest:
        if token is not None and username:
            HTTPBasicAuth(username.encode(), token.encode())(request)
        elif token is not None:
            request.headers["Authorization"] = f"Bearer {token}"
        return request

    return authorise


class Web:
    """Sends the credentials to the configured host and to no other, and follows no redirect by itself."""

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
        """`deadline` is shared by all requests, `timeout` is for each, in seconds.

        `scrubber` masks in refusals what a server echoes, before a part of it is quoted.
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
        """Open until the end of the `with`."""
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

        `check` sees every answer first and may raise, before a refusal is taken for a passing failure and asked again.
        Raises the SourceErrors of `sources.http.ask`, and Denied for a redirect unless that is accepted.
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
            # A redirect would be followed with the password of ~/.netrc.
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
            # requests looks at where a redirect leads also when it is not to follow it.
            raise BadAnswer(f"{what}: redirected to a malformed address", "is the URL right?") from None
        headers = {name.lower(): value for name, value in response.headers.items()}
        text = body.decode("utf-8", "replace")
        if not response.ok:
            # Errors quote a part of it, and half a secret would no longer be known as one.
            text = self._scrubber.scrub(text)
        answer = Answer(response.status_code, headers, text)
        if check is not None:
            check(answer)
        return answer


def timed_out(error: BaseException) -> bool:
    """Whether the time ran out amid the answer, which requests calls an error of the connection."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, ReadTimeoutError):
            return True
        link = link.__cause__ or link.__context__
    return False


def no_answer(error: BaseException) -> tuple[str, str]:
    """Reason and hint for an error of the connection, from the innermost cause that names it."""
    up = "is the URL right, and is it up?"
    secure = "is it HTTPS there, and does it want a certificate of yours, see cert_file?"
    if isinstance(error, requests.exceptions.ProxyError):
        return "no connection through the proxy that the environment names", "see HTTPS_PROXY and NO_PROXY"
    if isinstance(error, requests.exceptions.InvalidSchema) and "SOCKS" in str(error):
        return "the proxy of the environment is a SOCKS proxy, for which PySocks is missing", INSTALL_SOCKS
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
