"""What a `[sources.NAME]` table with `type = "prometheus"` may hold."""

import os
import re
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from collector.secrets import Scrubber
from collector.source import Denied
from sources.settings import TokenSettings, plain_url

_COUNTER = re.compile(
    r"""(?=[^{]|\{\s*[^\s}])([A-Za-z_:][\w:]*)?\s*(\{([^"'`{}]|"([^"\\]|\\.)*"|'([^'\\]|\\.)*'|`[^`]*`)*\})?"""
)
_ENDPOINT = re.compile("(/api/v1(/(query|write|push))?|/push)/?$")
"""What people copy with the URL of Prometheus, Mimir or Grafana Cloud."""
_RANGE = re.compile(r"\[\s*((?:\d+(?:ms|[smhdwy]))+)")
_UNIT = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}
_HEADER = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
_SECRET = re.compile("authorization|cookie|token|secret|password|api.?key", re.IGNORECASE)
_OURS = frozenset({"query", "time", "start", "end", "step", "match[]"})
_PIECE = 12
"""So many characters of a header, and what stands between its separators is worth keeping secret by itself."""


class RatioSettings(BaseModel):
    """An error ratio that the common metric names do not give."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    service: str = Field(min_length=1)
    """Whose requests they are, as CI and Kubernetes call it."""
    name: str = "error ratio"
    """What the table calls it."""
    error_query: str = ""
    """Selects the counters of failed requests: `http_requests_total{service="checkout",code=~"5.."}`."""
    total_query: str = ""
    """Selects the counters of all requests."""
    ratio_query: str = ""
    """Instead of both, gives the ratio itself, from 0 to 1, over a range: `sum(rate(a[5m])) / sum(rate(b[5m]))`.

    There are no counts then, and the times are only as exact as the range.
    """

    @field_validator("error_query", "total_query")
    @classmethod
    def _selector(cls, value: str) -> str:
        if value and not _COUNTER.fullmatch(value.strip()):
            raise ValueError(
                'must select counters by name and labels, for example http_requests_total{service="checkout",'
                'code=~"5.."}, without rate(), sum() or a range'
            )
        return value.strip()

    @field_validator("ratio_query")
    @classmethod
    def _windowed(cls, value: str) -> str:
        if value and not window_of(value):
            # A recording rule hides its range, and with it by how much it lags.
            raise ValueError("must have a range such as [5m] in it, by which its times can be told")
        return value.strip()

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        counters = bool(self.error_query) + bool(self.total_query)
        if counters != (0 if self.ratio_query else 2):
            raise ValueError("needs error_query and total_query, or ratio_query alone")
        return self


class LatencySettings(BaseModel):
    """How long requests take, in a histogram that the common metric names do not give."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    service: str = Field(min_length=1)
    """Whose requests they are, as CI and Kubernetes call it."""
    name: str = ""
    """What the table calls the share of requests that take too long; by default it names the bound."""
    buckets_query: str = Field(min_length=1)
    """Selects the buckets of a classic histogram: `shop_order_duration_seconds_bucket{job="checkout"}`."""
    unit: Literal["s", "ms", "us"] = "s"
    """Of the bounds in `le`."""
    bound: float | None = Field(default=None, gt=0, strict=False)
    """Seconds that requests should take at most; one of the histogram's. By default what nearly all kept before."""

    @field_validator("buckets_query")
    @classmethod
    def _selector(cls, value: str) -> str:
        if not _COUNTER.fullmatch(value.strip()):
            raise ValueError(
                'must select buckets by name and labels, for example order_duration_seconds_bucket{job="checkout"}, '
                "without rate(), sum() or a range"
            )
        if re.search(r"[{,]\s*\"?le\"?\s*(=|!)", value):
            raise ValueError("must select every bucket: without the label le")
        return value.strip()

    @property
    def seconds_per_unit(self) -> float:
        """Of the bounds in `le`."""
        return {"s": 1.0, "ms": 1e-3, "us": 1e-6}[self.unit]


class PrometheusSettings(TokenSettings):
    """One server. With `username` the token is the password of basic authentication, else a bearer token."""

    url: str
    """Base URL, also with a path: `https://HOST/prometheus`."""
    username: str = ""
    """For basic authentication."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Sent with every request, as the tenant of Mimir: `{ X-Scope-OrgID = "shop" }`. Nothing secret."""
    headers_env: dict[str, str] = Field(default_factory=dict)
    """The secret headers: which environment variable holds the value of each."""
    params: dict[str, str] = Field(default_factory=dict)
    """Added to every question, as `{ partial_response = "false" }` for Thanos. Nothing secret: answers keep them."""
    ca_file: Path | None = Field(default=None, strict=False)
    """Certificates to trust instead of the system's."""
    cert_file: Path | None = Field(default=None, strict=False)
    """The certificate to show to a server that asks for one, in PEM; its key too, unless `key_file` has that."""
    key_file: Path | None = Field(default=None, strict=False)
    """The key of `cert_file`, without a passphrase."""
    service_label: str = Field(default="", max_length=200)
    """The label that names the service; by default the first of the usual ones."""
    ratios: list[RatioSettings] = Field(default_factory=list)
    """Error ratios beside those found from the common metric names, which they override for their service."""
    latencies: list[LatencySettings] = Field(default_factory=list)
    """Histograms beside those found from the common metric names, which they override for their service."""
    least_error_ratio: float = Field(default=0.01, ge=0.0001, le=0.5)
    """Error ratios below it are never called raised; changes by less than it are not told."""

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
        if taken := sorted(_OURS & set(value)):
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
        """`headers` and the secret ones, made known to `scrubber`. Raises Denied if one of these cannot be had."""
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
                # `Bearer abc` and `session=abc` may be echoed as `abc`.
                scrubber.add(piece if len(piece) >= _PIECE else "")
        return found


def _sendable(text: str) -> bool:
    return text.isascii() and text.isprintable() and text == text.strip()


def window_of(query: str) -> float:
    """Seconds of the longest range in a query of PromQL; 0 if it has none."""
    spans = (re.findall(r"(\d+)(ms|[smhdwy])", span) for span in _RANGE.findall(query))
    return max((sum(int(number) * _UNIT[unit] for number, unit in span) for span in spans), default=0.0)
