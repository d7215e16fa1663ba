"""What a `[sources.NAME]` table with `type = "loki-events"` may hold."""

import re
from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from sources.shipped_events.fields import ALLOY, EXPORTER
from sources.shipped_events.settings import ShippedSettings

_TENANT = re.compile(r"[A-Za-z0-9!._*'()|-]*", re.ASCII)
_ALLOY = '{job=~"loki.source.kubernetes_events|integrations/kubernetes/eventhandler"}'
"""As Alloy and Agent call it by themselves, and as Grafana's chart k8s-monitoring makes them."""


class LokiEventsSettings(ShippedSettings):
    """Where the Events of one cluster are in Loki."""

    format: Literal["alloy", "event-exporter"] = "alloy"
    """Who shipped them: loki.source.kubernetes_events of Alloy or Agent, or kubernetes-event-exporter."""
    query: str = Field(default="", max_length=2000)
    """LogQL that selects the lines; default: the jobs of Alloy, Agent and Grafana's chart, for the exporter none."""
    org_id: str = ""
    """The tenant, or several with `|` between them (`X-Scope-OrgID`)."""

    @field_validator("org_id")
    @classmethod
    def _tenant(cls, value: str) -> str:
        if not _TENANT.fullmatch(value):
            raise ValueError("has characters that no tenant has")
        return value

    @model_validator(mode="after")
    def _selecting(self) -> Self:
        if self.format != "alloy" and not self.query:
            raise ValueError('set query to the lines of the exporter, for example {app="event-exporter"}')
        return self

    @property
    def selector(self) -> str:
        """The LogQL to ask with."""
        return self.query or _ALLOY

    @property
    def every_field(self) -> Mapping[str, str]:
        """Where a record has what."""
        return {**(ALLOY if self.format == "alloy" else EXPORTER), **self.fields}
