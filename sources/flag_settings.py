"""What every source of feature flags can be configured with: where it is, and which service a flag belongs to."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import Field, field_validator

from sources.settings import TokenSettings, plain_url


class FlagSettings(TokenSettings):
    """One system of feature flags. Each adapter adds what selects the flags there."""

    url: str
    """Base URL, also with a path."""
    ca_file: Path | None = Field(default=None, strict=False)
    """Certificates to trust instead of the system's."""
    services: dict[str, str] = Field(default_factory=dict)
    """By the name of a flag, or a pattern with `*`: the service that it belongs to."""
    services_by_tag: dict[str, str] = Field(default_factory=dict)
    """The same by a tag of the flag, for those that no name in `services` fits."""
    services_by_project: dict[str, str] = Field(default_factory=dict)
    """The same by its project, for those that no tag fits either."""

    @field_validator("url")
    @classmethod
    def _plain_url(cls, value: str) -> str:
        return plain_url(value, "https://HOST")

    def service_of(self, flag: str, project: str = "", tags: Iterable[str] = ()) -> str:
        """The service that the flag belongs to; empty if no rule names it. Of several patterns the longest counts."""
        fitting = [pattern for pattern in self.services if pattern == flag or fnmatchcase(flag, pattern)]
        if fitting:
            return self.services[max(fitting, key=lambda pattern: (pattern == flag, len(pattern), pattern))]
        tagged = next((self.services_by_tag[tag] for tag in sorted(tags) if tag in self.services_by_tag), "")
        return tagged or self.services_by_project.get(project, "")
