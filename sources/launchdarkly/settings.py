"""The keys of a `[sources.NAME]` table with `type = "launchdarkly"`."""

from pydantic import Field, field_validator

from sources.flag_settings import FlagSettings


class LaunchDarklySettings(FlagSettings):
    """One account. The token is one of its API access tokens."""

    url: str = "https://app.launchdarkly.com"
    """Base URL; set it for the EU or the federal instance."""
    projects: list[str] = Field(min_length=1)
    """Keys of projects."""
    environments: list[str] | None = Field(default=None, min_length=1)
    """Keys of environments; default: all."""

    @field_validator("projects", "environments")
    @classmethod
    def _keys(cls, value: list[str] | None) -> list[str] | None:
        # A key becomes part of a resource specifier, where these characters have a meaning.
        if any(not key or set(key) & set(":;,*/ ") for key in value or ()):
            raise ValueError("has keys of projects or environments, without `:`, `;`, `*`, `/` and spaces")
        return value
