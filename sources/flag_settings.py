"""Settings of all feature flag sources: where the system is, and which service a flag belongs to."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import Field, field_validator

from sources.settings import TokenSettings, plain_url


class FlagSettings(TokenSettings):
    """One feature flag system. Each adapter adds the settings that select flags."""

    url: str
    """Base URL, optionally with a path."""
    ca_file: Path | None = Field(default=None, strict=False)
    """Certificates to trust instead of the system's."""
    services: dict[str, str] = Field(default_factory=dict)
    """The service that a flag belongs to, by the flag's name or a pattern with `*`."""
    services_by_tag: dict[str, str] = Field(default_factory=dict)
    """The service by a tag of the flag, for flags that match no name in `services`."""
    services_by_project: dict[str, str] = Field(default_factory=dict)
    """The service by the flag's project, for flags that match no tag either."""

    @field_validator("url")
    @classmethod
    def _plain_url(cls, value: str) -> str:
        return plain_url(value, "https://HOST")

    def service_of(self, flag: str, project: str = "", tags: Iterable[str] = ()) -> str:
        """The service that the flag belongs to; empty if no rule matches. Of several patterns the longest counts."""
        fitting = [pattern for pattern in self.services if pattern == flag or fnmatchcase(flag, pattern)]
        if fitting:
            return self.services[max(fitting, key=lambda pattern: (pattern == flag, len(pattern), pattern))]
        tagged = next((self.services_by_tag[tag] for tag in sorted(tags) if tag in self.services_by_tag), "")
        return tagged or self.services_by_project.get(project, "")
