"""The keys of a `[sources.NAME]` table with `type = "unleash"`."""

from pydantic import Field, field_validator

from sources.flag_settings import FlagSettings


class UnleashSettings(FlagSettings):
    """One instance. The token is a personal access token, a service account token, or an admin token."""

    projects: list[str] | None = Field(default=None, min_length=1)
    """Ids of projects; default: all that the token may see."""
    environments: list[str] | None = Field(default=None, min_length=1)
    """Only these environments, and changes that apply to all; default: all."""

    @field_validator("projects")
    @classmethod
    def _ids(cls, value: list[str] | None) -> list[str] | None:
        if any(not project or "," in project for project in value or ()):
            raise ValueError("has ids of projects, without commas")
        return value
