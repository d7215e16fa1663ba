"""One request to the API server through the Kubernetes client, with its errors explained."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3
from kubernetes import client
from msgspec import Struct

from collector.secrets import Scrubber
from collector.source import Deadline, Denied, SourceError, Unreachable
from sources.bounded import Allowance
from sources.cluster.fields import objects, text
from sources.http import Answer, ask, parsed
from sources.kube_api.connect import register_secrets
from sources.proxies import proxy_failure

FORBIDDEN, ABSENT, GONE = 403, 404, 410
_CONNECT = 5.0
"""Seconds to wait for a connection; a reachable server accepts at once."""

_PIECE = 2**16
"""Bytes of a watch to read at once: the server sets no limit to the size of a chunk."""


class Api(Struct, frozen=True):
    """An API server, and the client that asks it."""

    connection: client.ApiClient
    scrubber: Scrubber
    timeout: float
    deadline: Deadline
    sleep: Callable[[float], None]
    allowance: Allowance
    """The limit for all answers of one source together."""

    @property
    def host(self) -> str:
        """Address, without any user or password in it."""
        parts = urlsplit(self.connection.configuration.host)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    def page(
        self, path: str, query: Mapping[str, object], what: str, accept: set[int], form: str = "application/json"
    ) -> Answer:
        """The answer to a GET of `path`; statuses in `accept` are no errors.

        `what` names the request in errors, `form` is the requested content type.

        The client's connection and its credentials are used, but not its class for the group of resources: importing
        that takes 20 MB, and as long as reading tens of thousands of objects.
        """

        def send(timeout: float) -> Answer:
            with self._explained(timeout):
                return self._answer(self._get(path, query, timeout, form), what)

        return ask(
            send, f"{what} of kubernetes at {self.host}", self.deadline, self.timeout, accept=accept, sleep=self.sleep
        )

    def watch(self, path: str, since: str, seconds: int, what: str) -> Iterator[bytes] | Answer:
        """The changes after the resourceVersion `since`, in pieces as they arrive, for about `seconds`.

        Returns an Answer if the server forbids the watch (403), has no such resource (404) or has forgotten `since`
        (410). Raises SourceError, also while pieces arrive.
        """
        query = {"watch": 1, "allowWatchBookmarks": "true", "resourceVersion": since, "timeoutSeconds": seconds}
        opened: list[Any] = []

        def send(timeout: float) -> Answer:
            # A watch is silent while nothing happens; the server sends a bookmark or ends the watch in time.
            with self._explained(timeout):
                response = self._get(path, query, timeout + seconds, "application/json")
                if response.status != 200:
                    return self._answer(response, what)
            opened.append(response)
            return Answer(200, {}, "")

        named, accept = f"the watch of {what} of kubernetes at {self.host}", {FORBIDDEN, ABSENT, GONE}
        answer = ask(send, named, self.deadline, self.timeout, accept=accept, sleep=self.sleep)
        return self._pieces(opened[-1], self.timeout + seconds) if opened else answer

    def _pieces(self, response: Any, timeout: float) -> Iterator[bytes]:
        try:
            with self._explained(timeout):
                yield from response.stream(_PIECE, decode_content=True)
        finally:
            # The connection still holds the rest of a watch that is not read any more.
            response.close()

    def _get(self, path: str, query: Mapping[str, object], timeout: float, form: str) -> Any:
        configuration = self.connection.configuration
        # Credentials are meant for this host only.
        limits = urllib3.Timeout(connect=min(_CONNECT, timeout), read=timeout)
        headers = {**self.connection.default_headers, "Accept": form}
        try:
            # The client renews tokens by itself when asked for them.
            headers |= {own["key"]: str(own["value"]).strip() for own in configuration.auth_settings().values()}
            sent = urllib3.HTTPHeaderDict(headers)
            for name, value in getattr(configuration, "impersonation", ()):
                # As UTF-8 bytes, which is what servers expect.
                sent.add(name, value.encode().decode("latin-1"))
            url = f"{configuration.host}{path}" + (f"?{urlencode(query)}" if query else "")
            return self.connection.rest_client.pool_manager.request(
                "GET", url, headers=sent, timeout=limits, redirect=False, preload_content=False
            )
        finally:
            register_secrets(configuration, self.scrubber)

    def _answer(self, response: Any, what: str) -> Answer:
        text = self.allowance.body(response, f"{what} of kubernetes at {self.host}").decode("utf-8", "replace")
        # Errors quote a part of the text, and half a secret would no longer be recognised as one.
        text = text if response.status < 400 else self.scrubber.scrub(text)
        return Answer(response.status, _lowered(response.headers), text)

    def has(self, group: str, name: str) -> bool:
        """Whether the server has the resource `name` in this group (`/apis/argoproj.io/v1alpha1`).

        Other resources may have the same group. Everybody may ask this; if it is forbidden anyway, the resource may
        exist.
        """
        what = f"the resources of {group}"
        answer = self.page(group, {}, what, {FORBIDDEN, ABSENT})
        if answer.status != 200:
            return answer.status != ABSENT
        listed = objects(parsed(answer, what), "resources")
        return not listed or name in {text(one, "name") for one in listed}

    def lists_resource(self, group: str, name: str) -> bool:
        """Whether the server lists the resource `name` in this group; False also if it does not answer."""
        what = f"the resources of {group}"
        try:
            answer = self.page(group, {}, what, {FORBIDDEN, ABSENT})
            listed = objects(parsed(answer, what), "resources") if answer.status == 200 else []
        except SourceError:
            return False
        return name in {text(one, "name") for one in listed}

    @contextlib.contextmanager
    def _explained(self, timeout: float) -> Iterator[None]:
        try:
            yield
        except urllib3.exceptions.SSLError as error:
            reason = f"kubernetes at {self.host}: TLS failed ({_short(error)})"
            raise Unreachable(reason, "check the certificate authority in the kubeconfig") from None
        except (urllib3.exceptions.HTTPError, OSError) as error:
            configuration = self.connection.configuration
            proxy = getattr(configuration, "proxy_used", "")
            failed = proxy_failure(error, proxy, getattr(configuration, "proxy_setting", ""))
            why, hint = failed or (_cause(error, timeout), "is the cluster up, and does it need a VPN or proxy?")
            raise Unreachable(f"kubernetes at {self.host}: {why}", hint) from None
        except ValueError:
            # The message quotes the header value.
            reason = f"kubernetes at {self.host}: the credentials cannot be sent, there is a line break in them"
            raise Denied(reason, "see `kubectl config view`") from None


def _lowered(headers: Any) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in (headers or {}).items()}


def _cause(error: BaseException, timeout: float) -> str:
    """What went wrong, in words. Client libraries wrap the cause several times, with the request inside."""
    if isinstance(error, urllib3.exceptions.NameResolutionError):
        return "its name is not known"
    # A refused connection has this type, too.
    new = isinstance(error, urllib3.exceptions.NewConnectionError)
    if isinstance(error, urllib3.exceptions.ConnectTimeoutError) and not new:
        return f"no connection within {min(_CONNECT, timeout):g} s"
    if isinstance(error, urllib3.exceptions.ReadTimeoutError):
        return f"no answer within {timeout:.3g} s"
    if isinstance(error, urllib3.exceptions.ProtocolError):
        return "the connection broke before the answer was complete"
    at: BaseException | None = error
    while at is not None:
        if isinstance(at, OSError) and at.strerror:
            return _short(at.strerror.lower())
        at = at.__cause__ or at.__context__
    return type(error).__name__


def _short(reason: object) -> str:
    return " ".join(str(reason).split())[:200]
