"""What a `[sources.NAME]` table with `type = "kube-state-metrics"` may hold."""

import re
from typing import Self

from pydantic import Field, field_validator, model_validator

from sources.prometheus.settings import PrometheusSettings

_NAMESPACE = re.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_OF_REQUESTS = ("service_label", "ratios", "least_error_ratio")


class KubeStateMetricsSettings(PrometheusSettings):
    """The connection is that of a source of type `prometheus`; what that reads of requests is not for here."""

    cluster: str = ""
    """Name of the cluster to print; the same as in the source of type `kubernetes`, so that their facts merge."""
    namespaces: list[str] | None = Field(default=None, min_length=1)
    """Only these; default: all."""

    @field_validator("namespaces")
    @classmethod
    def _of_cluster(cls, value: list[str] | None) -> list[str] | None:
        for name in value or ():
            if not _NAMESPACE.fullmatch(name):
                raise ValueError("must be names of namespaces, without wildcards")
        return value

    @model_validator(mode="after")
    def _connection_only(self) -> Self:
        for key in _OF_REQUESTS:
            if key in self.model_fields_set:
                raise ValueError(f"{key}: belongs to a source of type prometheus")
        return self
