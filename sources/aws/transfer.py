"""Sends the requests that botocore signed and reads the answers with a limit, which botocore does not have."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import urllib3

from collector.source import Unreachable
from sources.bounded import Allowance


class Transfer:
    """A handler of botocore's event `before-send`; it sends the request in botocore's place."""

    def __init__(self, allowance: Allowance, seconds: float, verify: str | bool) -> None:
        """`seconds` is the maximum wait for a connection, and for each piece of an answer."""
        from botocore import awsrequest, httpsession, utils

        self._allowance = allowance
        self._sessions: dict[str, Any] = {}
        # By host, because the proxy depends on it.
        self._botocore: Any = (awsrequest.AWSResponse, httpsession.URLLib3Session, utils.get_environ_proxies)
        self._settings: dict[str, Any] = {"verify": verify, "timeout": (seconds, seconds)}

    def __call__(self, request: Any, event_name: str = "", **_: Any) -> Any:
        """The whole answer. Raises SourceError, and botocore's errors if there is no connection."""
        # `before-send.codedeploy.ListDeployments`
        what = " of ".join(reversed(event_name.split(".")[1:]))
        # Without this, `send` would read the whole body.
        request.stream_output = True
        made, connect, proxies = self._botocore
        host = urlsplit(request.url).netloc
        if host not in self._sessions:
            self._sessions[host] = connect(proxies=proxies(request.url), **self._settings)
        response = self._sessions[host].send(request)
        try:
            body = self._allowance.body(response.raw, what)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            reason = f"{what}: the connection broke before the end of the answer ({type(error).__name__})"
            raise Unreachable(reason, "is it up, and is anything between that ends connections?") from None
        return made(response.url, response.status_code, response.headers, _Read(body))


class _Read:
    """A body that was already read, in the form that botocore reads."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body
