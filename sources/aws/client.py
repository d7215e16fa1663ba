"""Asks AWS through botocore, which signs the requests; retries, limits and errors are as for every other system.

botocore is an optional dependency, imported only in this package.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from collector.secrets import Scrubber
from collector.source import UNREADABLE, BadAnswer, Deadline, Denied, Document, Gap, RateLimited, Unreachable
from sources.aws.guard import NotAws, guard
from sources.aws.reduce import reduced
from sources.aws.refusals import refusal
from sources.aws.settings import AwsSettings
from sources.aws.transfer import Transfer
from sources.bounded import Allowance
from sources.http import Answer, ask, parsed
from sources.proxies import environment_proxy, proxy_failure
from sources.tls import trusted

MAX_PAGES = 50
"""Maximum pages of one listing, in case a server's pages never end."""
_PAUSES = (2.0, 4.0, 8.0)
"""Seconds between attempts when AWS throttles: it asks for increasing pauses."""
_MISSING = "botocore is not installed, without which AWS cannot be asked"
_INSTALL = "pipx install --force 'pm-timeline[aws]', or pip install 'pm-timeline[aws]'"


class Client:
    """Sends the requests, each answered by one Document; adds the credentials to `scrubber`."""

    def __init__(
        self,
        settings: AwsSettings,
        scrubber: Scrubber,
        deadline: Deadline,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Raises Denied if botocore, the profile, a region or credentials are missing."""
        try:
            from botocore import exceptions, xform_name
            from botocore.config import Config
            from botocore.parsers import ResponseParserError
            from botocore.session import Session
        except ImportError:
            raise Denied(_MISSING, _INSTALL) from None
        self._errors: Any = exceptions
        self._unreadable: tuple[type[Exception], ...] = (ResponseParserError, *UNREADABLE)
        self._method: Callable[[str], str] = xform_name
        self._settings, self._scrubber, self._deadline, self._sleep = settings, scrubber, deadline, sleep
        self._clients: dict[tuple[str, str], Any] = {}
        self._names_time = False
        seconds = max(0.001, min(settings.timeout, deadline.remaining()))
        # `sources.http` does the retries; botocore only has to sign.
        self._config = Config(
            connect_timeout=seconds,
            read_timeout=seconds,
            retries={"total_max_attempts": 1},
            user_agent_extra="pm-timeline",
        )
        self._session = Session(profile=settings.profile)
        try:
            self._transfer = Transfer(Allowance(deadline), seconds, self._certificates())
            region = self._session.get_config_variable("region")
            self._credentials: Any = self._session.get_credentials()
        except exceptions.ProfileNotFound as error:
            raise Denied(f"AWS' configuration has no such profile: {error}", "see ~/.aws/config") from None
        except (exceptions.BotoCoreError, OSError, ValueError) as error:
            raise Denied(f"AWS' configuration cannot be used ({type(error).__name__})", "see ~/.aws/config") from None
        self.regions: tuple[str, ...] = tuple(settings.regions) or ((region,) if region else ())
        if not self.regions:
            raise Denied("no region is configured", "set `regions`, or AWS_REGION")
        if self._credentials is None:
            raise Denied("there are no credentials for AWS", "set `profile`, or log in as for the aws command")

    def document(self, call: str, region: str, operation: str, params: Mapping[str, Any]) -> Document:
        """The reduced answer to one request."""
        service = call.partition(".")[0]
        return self._ask(call, service, region, operation, params)[0]

    def pages(
        self, call: str, region: str, operation: str, params: Mapping[str, Any], next_key: str = "nextToken"
    ) -> Iterator[Document | Gap]:
        """A listing, page by page; a Gap if its end cannot be reached."""
        service, following, before = call.partition(".")[0], dict(params), ""
        for _ in range(MAX_PAGES):
            document, answer = self._ask(call, service, region, operation, following)
            yield document
            after = answer.get(next_key)
            if not isinstance(after, str) or not after:
                return
            if after == before:
                yield Gap(f"{call}: truncated, a page leads to itself")
                return
            following, before = {**params, next_key: after}, after
        yield Gap(f"{call} in {region}: truncated after {MAX_PAGES} pages", "ask for a shorter window")

    def _ask(
        self, call: str, service: str, region: str, operation: str, params: Mapping[str, Any]
    ) -> tuple[Document, dict[str, Any]]:
        what = f"{operation} of {service} in {region}"
        client = self._client(service, region)
        for pause in (*_PAUSES, None):
            try:
                answer = ask(
                    lambda _: self._send(client, operation, params, what),
                    what,
                    self._deadline,
                    self._settings.timeout,
                    sleep=self._sleep,
                )
                break
            except RateLimited:
                # If AWS names a time to wait, shorter pauses are pointless.
                if pause is None or self._names_time or self._deadline.remaining() <= pause:
                    raise
                self._sleep(pause)
        body = parsed(answer, what)
        if not isinstance(body, dict):
            raise BadAnswer(f"{what}: no answer of AWS", "is `endpoint_url` right?")
        text = json.dumps({"region": region, "answer": reduced(body)}, separators=(",", ":"), ensure_ascii=False)
        asked = json.dumps(params, default=_stamp, separators=(", ", ": "))
        document = Document(call, f"POST {client.meta.endpoint_url}/ {operation} {asked}", datetime.now(UTC), text)
        return document, body

    def _send(self, client: Any, operation: str, params: Mapping[str, Any], what: str) -> Answer:
        errors = self._errors
        try:
            self._know_credentials()
            answer = getattr(client, self._method(operation))(**params)
        except NotAws as error:
            return self._noted(error.answer)
        except errors.ClientError as error:
            return self._noted(refusal(error.response, self._scrubber.scrub))
        except (errors.ReadTimeoutError, errors.ConnectTimeoutError):
            seconds = self._config.read_timeout
            raise Unreachable(f"{what}: no answer within {seconds:.3g} s") from None
        except errors.ProxyConnectionError as error:
            proxy, where = environment_proxy(client.meta.endpoint_url)
            why, hint = proxy_failure(error, proxy, where) or ("no connection to the proxy", f"see {where}")
            raise Unreachable(f"{what}: {why}", hint) from None
        except (errors.HTTPClientError, errors.EndpointConnectionError, errors.SSLError) as error:
            why = f"no connection ({type(error).__name__})"
            raise Unreachable(f"{what}: {why}", "is it up, and are `regions` and `endpoint_url` right?") from None
        except errors.ParamValidationError:
            raise BadAnswer(f"{what}: an earlier answer led to a question that AWS does not have") from None
        except self._unreadable:
            raise BadAnswer(f"{what}: the answer was cut or is no such API") from None
        except errors.BotoCoreError as error:
            # Its text may quote the output of a credential process.
            hint = "log in as for the aws command"
            raise Denied(f"{what}: the credentials cannot be had ({type(error).__name__})", hint) from None
        answer.pop("ResponseMetadata", None)
        return Answer(200, {}, json.dumps(answer, default=_stamp))

    def _noted(self, answer: Answer) -> Answer:
        self._names_time = "retry-after" in answer.headers
        return answer

    def _know_credentials(self) -> None:
        """Add the credentials to the scrubber; those of a role change over time."""
        frozen = self._credentials.get_frozen_credentials()
        for secret in (frozen.access_key, frozen.secret_key, frozen.token):
            self._scrubber.add(secret or "")

    def _certificates(self) -> str | bool:
        """The certificates to trust, chosen as botocore does."""
        if self._settings.ca_file is not None:
            return trusted(self._settings.ca_file)
        return self._session.get_config_variable("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE") or True

    def _client(self, service: str, region: str) -> Any:
        if (service, region) not in self._clients:
            settings = self._settings
            try:
                made = self._session.create_client(
                    service, region_name=region, config=self._config, endpoint_url=settings.endpoint_url or None
                )
            except (self._errors.BotoCoreError, ValueError) as error:
                raise Denied(
                    f"{service} in {region} cannot be asked ({type(error).__name__})", "see `regions`"
                ) from None
            made.meta.events.register("before-parse", guard(self._scrubber))
            made.meta.events.register("before-send", self._transfer)
            self._clients[service, region] = made
        return self._clients[service, region]


def _stamp(value: object) -> str:
    """Times in UTC, in AWS's precision; other types are not used here."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else ""
