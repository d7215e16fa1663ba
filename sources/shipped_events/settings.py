"""What every source of shipped Events can be configured with."""

from pydantic import Field, field_validator

from sources.settings import ServerSettings
from sources.shipped_events.fields import FIELDS


class ShippedSettings(ServerSettings):
    """One store."""

    cluster: str = ""
    """Name of the cluster to print; the same as in the source of type `kubernetes`, so that their facts merge."""
    fields: dict[str, str] = Field(default_factory=dict)
    """Where a record has what: field of ours to dotted path, beside those of the format. `""`: it has it nowhere."""

    @field_validator("fields")
    @classmethod
    def _known(cls, value: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(set(value) - set(FIELDS)):
            raise ValueError(f"{', '.join(unknown)}: no such field; there are {', '.join(FIELDS)}")
        return value
