"""The settings that all sources of shipped Events share."""

from pydantic import Field, field_validator

from sources.settings import ServerSettings
from sources.shipped_events.fields import FIELDS


class ShippedSettings(ServerSettings):
    """The settings of one store."""

    cluster: str = ""
    """Name of the cluster in the output; use that of the `kubernetes` source, so their facts are merged."""
    fields: dict[str, str] = Field(default_factory=dict)
    """Dotted path of each field in a record, in addition to those of the format. `""`: the record does not have it."""

    @field_validator("fields")
    @classmethod
    def _known(cls, value: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(set(value) - set(FIELDS)):
            raise ValueError(f"{', '.join(unknown)}: no such field; there are {', '.join(FIELDS)}")
        return value
