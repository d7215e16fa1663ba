"""What a `[sources.NAME]` table with `type = "prometheus"` may hold."""

import re
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from sources.settings import TokenSettings

_COUNTER = re.compile(r"""[A-Za-z_:][\w:]*\s*(\{([^"'`{}]|"([^"\\]|\\.)*"|'([^'\\]|\\.)*'|`[^`]*`)*\})?""")


class RatioSettings(BaseModel):
    """An error ratio that the common metric names do not give."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    service: str = Field(min_length=1)
    """Whose requests they are, as CI and Kubernetes call it."""
    name: str = "error ratio"
    """What the table calls it."""
    error_query: str
    """Selects the counters of failed requests: `http_requests_total{service="checkout",code=~"5.."}`."""
    total_query: str
    """Selects the counters of all requests."""

    @field_validator("error_query", "total_query")
    @classmethod
    def _selector(cls, value: str) -> str:
        if not _COUNTER.fullmatch(value.strip()):
            raise ValueError(
                'must select counters by name and labels, for example http_requests_total{service="checkout",'
                'code=~"5.."}, without rate(), sum() or a range'
            )
        return value.strip()


class PrometheusSettings(TokenSettings):
    """One server. With `username` the token is the password of basic authentication, else a bearer token."""

    url: str
    """Base URL, also with a path: `https://HOST/prometheus`."""
    username: str = ""
    """For basic authentication."""
    ca_file: Path | None = Field(default=None, strict=False)
    """Certificates to trust instead of the system's."""
    service_label: str = Field(default="", pattern=r"^([A-Za-z_]\w*)?$")
    """The label that names the service; by default the first of the usual ones."""
    ratios: list[RatioSettings] = Field(default_factory=list)
    """Error ratios beside those found from the common metric names, which they override for their service."""

    @field_validator("url")
    @classmethod
    def _plain_url(cls, value: str) -> str:
        # urlsplit raises ValueError for what is no URL at all.
        parts = urlsplit(value)
        if parts.username is not None or parts.password is not None:
            raise ValueError("must hold no user or password; use username with token_env, token_file or token_command")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError('must be a URL such as "https://HOST" or "https://HOST/prometheus"')
        return value.rstrip("/")

    @model_validator(mode="after")
    def _password(self) -> Self:
        if self.username and not (self.token_env or self.token_file or self.token_command):
            raise ValueError("username needs its password in token_env, token_file or token_command")
        return self
