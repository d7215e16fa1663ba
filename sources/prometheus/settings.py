"""The keys of a `[sources.NAME]` table with `type = "prometheus"`."""

import re
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from sources.promql.settings import PromqlSettings

_COUNTER = re.compile(
    r"""(?=[^{]|\{\s*[^\s}])([A-Za-z_:][\w:]*)?\s*(\{([^"'`{}]|"([^"\\]|\\.)*"|'([^'\\]|\\.)*'|`[^`]*`)*\})?"""
)
_RANGE = re.compile(r"\[\s*((?:\d+(?:ms|[smhdwy]))+)")
_UNIT = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}


class RatioSettings(BaseModel):
    """An error ratio that the common metric names do not cover."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    service: str = Field(min_length=1)
    """The service that serves the requests, by its name in CI and Kubernetes."""
    name: str = "error ratio"
    """Its name in the table."""
    error_query: str = ""
    """Selector of the counters of failed requests: `http_requests_total{service="checkout",code=~"5.."}`."""
    total_query: str = ""
    """Selector of the counters of all requests."""
    ratio_query: str = ""
    """Instead of both, a query for the ratio itself, from 0 to 1, over a range: `sum(rate(a[5m])) / sum(rate(b[5m]))`.

    There are no counts then, and times are only as exact as the range.
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
            # The range of a recording rule is hidden, and so is its lag.
            raise ValueError("must have a range such as [5m] in it, by which its times are known")
        return value.strip()

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        counters = bool(self.error_query) + bool(self.total_query)
        if counters != (0 if self.ratio_query else 2):
            raise ValueError("needs error_query and total_query, or ratio_query alone")
        return self


class LatencySettings(BaseModel):
    """Request durations, in a histogram that the common metric names do not cover."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    service: str = Field(min_length=1)
    """The service that serves the requests, by its name in CI and Kubernetes."""
    name: str = ""
    """The name in the table for the share of slow requests; by default it names the bound."""
    buckets_query: str = Field(min_length=1)
    """Selector of the buckets of a classic histogram: `shop_order_duration_seconds_bucket{job="checkout"}`."""
    unit: Literal["s", "ms", "us"] = "s"
    """Unit of the bounds in `le`."""
    bound: float | None = Field(default=None, gt=0, strict=False)
    """Maximum seconds of a good request; a bound of the histogram. By default the one that nearly all met before."""

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
        """Seconds per unit of the bounds in `le`."""
        return {"s": 1.0, "ms": 1e-3, "us": 1e-6}[self.unit]


class PrometheusSettings(PromqlSettings):
    """The connection, and configured metrics of requests."""

    service_label: str = Field(default="", max_length=200)
    """The label that names the service; by default the first existing one of the usual labels."""
    ratios: list[RatioSettings] = Field(default_factory=list)
    """Error ratios in addition to those of the common metric names, which they override for their service."""
    latencies: list[LatencySettings] = Field(default_factory=list)
    """Histograms in addition to those of the common metric names, which they override for their service."""
    least_error_ratio: float = Field(default=0.01, ge=0.0001, le=0.5)
    """Error ratios below this never count as raised; smaller changes are not reported."""


def window_of(query: str) -> float:
    """Seconds of the longest range in a PromQL query; 0 if it has none."""
    spans = (re.findall(r"(\d+)(ms|[smhdwy])", span) for span in _RANGE.findall(query))
    return max((sum(int(number) * _UNIT[unit] for number, unit in span) for span in spans), default=0.0)
