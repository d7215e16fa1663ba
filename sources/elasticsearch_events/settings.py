"""The settings of a `[sources.NAME]` table with `type = "elasticsearch-events"`."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from sources.shipped_events.fields import EXPORTER, TIMES
from sources.shipped_events.settings import ShippedSettings
from sources.shipped_events.watched import STORED_TIME

_INDEX = re.compile(r"[^A-Z\\/?\"<>| #%&\s-][^A-Z\\/?\"<>| #%&\s]*")


class ElasticsearchEventsSettings(ShippedSettings):
    """Where the Events of one cluster are in Elasticsearch or OpenSearch."""

    index: str = "kube-events-*"
    """Indexes, data streams or aliases, separated by commas; `*` stands for any characters."""
    format: Literal["event-exporter", "opentelemetry"] = "event-exporter"
    """What shipped them: kubernetes-event-exporter, or one of the receivers k8sobjects and k8s_events of an
    OpenTelemetry Collector, with its exporter's mapping mode `otel` or `none`.
    """
    query: str = Field(default="", max_length=500)
    """Only documents that match this query string: `clusterName:production`. It goes into the URL, of 4 kB at most."""
    scheme: Literal["ApiKey", "Bearer"] = "ApiKey"
    """The kind of the token, if there is no `username`: an API key in its encoded form, or a bearer token."""

    @field_validator("index")
    @classmethod
    def _names(cls, value: str) -> str:
        if not _INDEX.fullmatch(value):
            raise ValueError('must be names of indexes, for example "kube-events-*"')
        return value

    @model_validator(mode="after")
    def _timed(self) -> Self:
        if not any(self.every_field[name] for name in TIMES):
            raise ValueError(f"fields: documents are found by a time, so one of {', '.join(TIMES)} must be mapped")
        return self

    @property
    def times(self) -> Sequence[str]:
        """The fields by which documents are found: a document has at least one of them."""
        if self.format == "opentelemetry":
            return (STORED_TIME,)
        return list(dict.fromkeys(path for name in TIMES if (path := self.every_field[name])))

    @property
    def every_field(self) -> Mapping[str, str]:
        """The path of each field in a document."""
        return {**EXPORTER, **self.fields}
