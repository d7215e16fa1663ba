"""The settings of a `[sources.NAME]` table with `type = "loki-events"`."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from sources.loki.settings import LokiSettings
from sources.shipped_events.fields import ALLOY, EXPORTER
from sources.shipped_events.settings import ShippedSettings

_ALLOY = '{job=~"loki.source.kubernetes_events|integrations/kubernetes/eventhandler"}'
"""The default job names of Alloy and Agent, and of Grafana's chart k8s-monitoring."""


class LokiEventsSettings(ShippedSettings, LokiSettings):
    """Where the Events of one cluster are in Loki."""

    format: Literal["alloy", "event-exporter", "opentelemetry"] = "alloy"
    """Who shipped them: loki.source.kubernetes_events of Alloy or Agent, kubernetes-event-exporter, or one of the
    receivers k8sobjects and k8s_events of an OpenTelemetry Collector.
    """
    query: str = Field(default="", max_length=2000)
    """LogQL that selects the lines; default: the jobs of Alloy, Agent and Grafana's chart, for others none."""

    @model_validator(mode="after")
    def _selecting(self) -> Self:
        if self.format != "alloy" and not self.query:
            raise ValueError('set query to the lines of who ships them, for example {app="event-exporter"}')
        return self

    @property
    def selector(self) -> str:
        """The LogQL of the query."""
        return self.query or _ALLOY

    @property
    def every_field(self) -> Mapping[str, str]:
        """The path of each field in a record."""
        return {**(ALLOY if self.format == "alloy" else EXPORTER), **self.fields}
