"""The settings of a `[sources.NAME]` table with `type = "kube-state-metrics"`."""

import re

from pydantic import Field, field_validator

from sources.promql.settings import PromqlSettings

_NAMESPACE = re.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


class KubeStateMetricsSettings(PromqlSettings):
    """The Prometheus that scrapes kube-state-metrics, and the cluster that this is about."""

    cluster: str = ""
    """Name of the cluster in the output; use that of the `kubernetes` source, so their facts are merged."""
    namespaces: list[str] | None = Field(default=None, min_length=1)
    """Only these namespaces; default: all."""

    @field_validator("namespaces")
    @classmethod
    def _of_cluster(cls, value: list[str] | None) -> list[str] | None:
        for name in value or ():
            if not _NAMESPACE.fullmatch(name):
                raise ValueError("must be names of namespaces, without wildcards")
        return value
