"""What a `[sources.NAME]` table with `type = "launchdarkly"` may contain."""

from pydantic import Field, field_validator

from sources.flag_settings import FlagSettings


class LaunchDarklySettings(FlagSettings):
    """One account. The token is one of its API access tokens."""

    url: str = "https://app.launchdarkly.com"
    """Base URL; another one for the EU and the federal instance."""
    projects: list[str] = Field(min_length=1)
    """Keys of projects."""
    environments: list[str] | None = Field(default=None, min_length=1)
    """Keys of environments; default: all."""

    @field_validator("projects", "environments")
    @classmethod
    def _keys(cls, value: list[str] | None) -> list[str] | None:
        # A key goes into a resource specifier, in which these have meanings.
        if any(not key or set(key) & set(":;,*/ ") for key in value or ()):
            raise ValueError("has keys of projects or environments, without `:`, `;`, `*`, `/` and spaces")
        return value
