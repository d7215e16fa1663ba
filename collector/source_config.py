"""One configured source."""

from msgspec import Struct


class SourceConfig(Struct, frozen=True):
    """One source as configured. The settings are valid and contain no secrets, and their paths are absolute."""

    name: str
    type: str
    """Key in the registry: `prometheus`, `kubernetes`, ..."""
    settings: dict[str, object]
    """The other settings in the source's table; can be stored as JSON."""
