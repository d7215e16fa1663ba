"""The keys of a `[sources.NAME]` table with `type = "flagsmith"`."""

from typing import Literal, Self

from pydantic import Field, model_validator

from sources.flag_settings import FlagSettings


class FlagsmithSettings(FlagSettings):
    """One organisation, or some of its projects. The token is an API key of the organisation."""

    url: str = "https://api.flagsmith.com"
    """Base URL of its API; set it if Flagsmith is self-hosted."""
    organisation: int | None = Field(default=None, ge=1)
    """Id of the organisation; all of its projects are read."""
    projects: list[int] | None = Field(default=None, min_length=1)
    """Ids of projects, instead of `organisation`."""
    environments: list[str] | None = Field(default=None, min_length=1)
    """Names of environments: only these, and changes that apply to all; default: all."""
    scheme: Literal["Api-Key", "Token"] = "Api-Key"
    """The scheme of the token: `Token` for a user's token."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.organisation is None) == (self.projects is None):
            which = "are both missing; set one" if self.projects is None else "are both set; keep one"
            raise ValueError(f"organisation and projects {which}")
        return self
