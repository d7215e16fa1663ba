"""Settings that all sources share, and where secrets come from."""

import os
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from collector.secrets import SHORTEST, Scrubber
from collector.source import Denied

_TARGETS = (
    *("url", "organization", "organisation", "group", "repository", "repositories", "project", "projects"),
    *("path", "clone", "store", "regions"),
)
"""Keys that name the system that is asked, in the order in which people would name them."""


class Settings(BaseModel):
    """Settings of one `[sources.NAME]` table; each adapter adds its own. Unknown keys are errors."""

    # Most of these classes are only base classes or members of a union; this makes pydantic prepare only those used.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    timeout: float = Field(default=30, gt=0, le=600)
    """Maximum seconds of one request."""
    deadline: float = Field(default=120, gt=0, le=3600)
    """Maximum seconds of the whole source."""

    def target(self) -> str:
        """The system that is asked, and as which user if known; without secrets. Empty if the settings name neither."""
        named = [getattr(self, key) for key in _TARGETS if key in type(self).model_fields]
        shown = [", ".join(map(str, each)) if isinstance(each, (list, tuple)) else str(each) for each in named if each]
        return ", ".join(filter(None, [*shown, self._whom()]))

    def _whom(self) -> str:
        """The user or credentials that the source uses, if the settings name them."""
        return ""


def plain_url(value: str, example: str) -> str:
    """`value` without its trailing slash. Raises ValueError if it is not a base URL like `example`."""
    # urlsplit itself raises ValueError for malformed URLs.
    parts = urlsplit(value)
    if parts.username is not None or parts.password is not None:
        raise ValueError("must have no user or password; use token_env, token_file or token_command")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f'must be a URL such as "https://HOST" or "{example}"')
    return value.rstrip("/")


def checked_token(token: str, scrubber: Scrubber) -> str:
    """The token, after adding it to `scrubber`. Raises Denied if it cannot be a token."""
    # HTTP headers allow only these characters, and the errors of HTTP clients would quote the token.
    if not token.isascii() or not token.isprintable() or " " in token:
        raise Denied("the token has spaces, line breaks or letters that no token has", "is it the right one?")
    if len(token) < SHORTEST:
        raise Denied(f"the token has fewer than {SHORTEST} characters, too few to keep it out of what is shown")
    scrubber.add(token)
    return token


class TokenSettings(Settings):
    """Settings for systems that need a token. The token itself is never in the configuration."""

    token_env: str | None = None
    """Environment variable with the token."""
    token_file: Path | None = Field(default=None, strict=False)
    """File with the token."""
    token_command: str | None = None
    """Command that prints the token; it runs without a shell."""

    link_url: str | None = None
    """Base URL for links in the table, if readers reach the system at another address than `url`."""

    @property
    def token_origin(self) -> str:
        """Where the token comes from, in words: `token from $PROMETHEUS_TOKEN`; empty if none is configured."""
        if self.token_env is not None:
            return f"token from ${self.token_env}"
        if self.token_file is not None:
            return f"token from {self.token_file}"
        return "token from token_command" if self.token_command is not None else ""

    def _whom(self) -> str:
        user = getattr(self, "username", "")
        return f"as {user}" if user else self.token_origin or ("no token" if getattr(self, "url", "") else "")

    @field_validator("link_url")
    @classmethod
    def _link_url(cls, value: str | None) -> str | None:
        return None if value is None else plain_url(value, "https://HOST/prometheus")

    @model_validator(mode="after")
    def _at_most_one(self) -> Self:
        given = [key for key in ("token_env", "token_file", "token_command") if getattr(self, key) is not None]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} are both set; keep one")
        return self

    def token(self, scrubber: Scrubber) -> str | None:
        """The token, after adding it to `scrubber`; None if not configured. Raises Denied if it cannot be obtained."""
        token = self._token()
        return None if token is None else checked_token(token, scrubber)

    def _token(self) -> str | None:
        if self.token_env is not None:
            token = os.environ.get(self.token_env, "").strip()
            if not token:
                raise Denied(f"the environment variable {self.token_env} is not set", "set it, or change token_env")
            return token
        if self.token_file is not None:
            try:
                token = self.token_file.expanduser().read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise Denied(f"token_file {self.token_file} cannot be read ({type(error).__name__})") from None
            if not token:
                raise Denied(f"token_file {self.token_file} is empty")
            return token
        if self.token_command is not None:
            from sources.token_command import run

            return run(self.token_command, self.timeout)
        return None


class ServerSettings(TokenSettings):
    """A server. With `username`, the token is the password of basic authentication, else a bearer token."""

    url: str
    """Base URL, optionally with a path: `https://HOST/logs`."""
    username: str = ""
    """For basic authentication."""
    ca_file: Path | None = Field(default=None, strict=False)
    """Certificates to trust instead of the system's."""

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        return plain_url(value, "https://HOST/logs")

    @model_validator(mode="after")
    def _password(self) -> Self:
        if self.username and not (self.token_env or self.token_file or self.token_command):
            raise ValueError("username needs its password in token_env, token_file or token_command")
        return self
