"""One configured source."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """One source as it is configured. The settings are valid and hold no secret, and their paths are absolute."""

    name: str
    type: str
    """Key in the registry: `prometheus`, `kubernetes`, ..."""
    settings: dict[str, object]
    """What else the source's table has; can be stored as JSON."""
