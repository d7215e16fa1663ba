"""How to reach a server with the query API of Prometheus."""

import os
import re
from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator

from collector.secrets import Scrubber
from collector.source import Denied
from sources.settings import TokenSettings, plain_url

_ENDPOINT = re.compile("(/api/v1(/(query|write|push))?|/push)/?$")
"""Paths that people copy along with the URL of Prometheus, Mimir or Grafana Cloud."""
_HEADER = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
_SECRET = re.compile("authorization|cookie|token|secret|password|api.?key", re.IGNORECASE)
_RESERVED_PARAMS = frozenset({"query", "time", "start", "end", "step", "match[]"})
_SHORTEST_SECRET_PART = 12
"""Minimum characters for a part of a header, between separators, to be masked as a secret of its own."""


class PromqlSettings(TokenSettings):
    """The server. With `username`, the token is the password of basic authentication, else a bearer token."""

    url: str
    """Base URL, optionally with a path: `https://HOST/prometheus`."""
    username: str = ""
    """For basic authentication."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Sent with every request, such as the tenant of Mimir: `{ X-Scope-OrgID = "shop" }`. Not for secrets."""
    headers_env: dict[str, str] = Field(default_factory=dict)
    """Secret headers: for each, the environment variable with its value."""
    params: dict[str, str] = Field(default_factory=dict)
    """Added to every query, such as `{ partial_response = "false" }` for Thanos. Not for secrets: answers keep them."""
    ca_file: Path | None = Field(default=None, strict=False)
    """Certificates to trust instead of the system's."""
    cert_file: Path | None = Field(default=None, strict=False)
    """The client certificate in PEM; it also contains the key, unless `key_file` does."""
    key_file: Path | None = Field(default=None, strict=False)
    """The key of `cert_file`, without a passphrase."""
    grafana_datasource: str | None = Field(default=None, min_length=1)
    """Uid of the data source for the same server in a configured Grafana; links then lead to Grafana's Explore."""

    def _whom(self) -> str:
        shown = [f"the certificate {self.cert_file}"] if self.cert_file else []
        shown += [f"{name} from ${variable}" for name, variable in sorted(self.headers_env.items())]
        known = self.username or self.token_origin or not shown
        return ", ".join([*([super()._whom()] if known else []), *shown])

    @field_validator("url")
    @classmethod
    def _plain_url(cls, value: str) -> str:
        if beyond := _ENDPOINT.search(value):
            raise ValueError(f"must end before {beyond[0]}")
        return plain_url(value, "https://HOST/prometheus")

    @field_validator("headers", "params")
    @classmethod
    def _open(cls, value: dict[str, str]) -> dict[str, str]:
        for name, text in value.items():
            if _SECRET.search(name):
                raise ValueError(f"{name} looks secret; use headers_env, or token_env, token_file or token_command")
            if not _sendable(text):
                raise ValueError(f"{name} must be printable ASCII, without space around it")
        return value

    @field_validator("headers", "headers_env")
    @classmethod
    def _names(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value:
            if not _HEADER.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a header")
        return value

    @field_validator("params")
    @classmethod
    def _not_ours(cls, value: dict[str, str]) -> dict[str, str]:
        if taken := sorted(_RESERVED_PARAMS & set(value)):
            raise ValueError(f"{', '.join(taken)}: is set by the questions themselves")
        return value

    @model_validator(mode="after")
    def _password(self) -> Self:
        if self.username and not (self.token_env or self.token_file or self.token_command):
            raise ValueError("username needs its password in token_env, token_file or token_command")
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.key_file and not self.cert_file:
            raise ValueError("key_file is the key of a certificate: set cert_file too")
        names = [name.lower() for name in (*self.headers, *self.headers_env)]
        if self.token_env or self.token_file or self.token_command:
            names.append("authorization")
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"the header {', '.join(twice)} is set twice")
        return self

    def every_header(self, scrubber: Scrubber) -> dict[str, str]:
        """All headers, after adding the secret ones to `scrubber`. Raises Denied if a secret one is not available."""
        found = dict(self.headers)
        for name, variable in self.headers_env.items():
            value = os.environ.get(variable, "").strip()
            if not value:
                raise Denied(f"the environment variable {variable} is not set", f"set it, or change headers_env.{name}")
            if not _sendable(value):
                raise Denied(f"the environment variable {variable} has characters that no header has")
            found[name] = value
            scrubber.add(value)
            for piece in re.split("[ ;,=]+", value):
                # A server may echo `Bearer abc` or `session=abc` as `abc`.
                scrubber.add(piece if len(piece) >= _SHORTEST_SECRET_PART else "")
        return found


def _sendable(text: str) -> bool:
    return text.isascii() and text.isprintable() and text == text.strip()
