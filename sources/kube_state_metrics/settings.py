"""What a `[sources.NAME]` table with `type = "kube-state-metrics"` may hold."""

import re

from pydantic import Field, field_validator

from sources.promql.settings import PromqlSettings

_NAMESPACE = re.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


class KubeStateMetricsSettings(PromqlSettings):
    """The Prometheus that scrapes kube-state-metrics, and which cluster that is of."""

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
