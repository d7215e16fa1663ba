"""One configured source."""

from msgspec import Struct


class SourceConfig(Struct, frozen=True):
    """One source as it is configured. The settings are valid and hold no secret, and their paths are absolute."""

    name: str
    type: str
    """Key in the registry: `prometheus`, `kubernetes`, ..."""
    settings: dict[str, object]
    """What else the source's table has; can be stored as JSON."""
