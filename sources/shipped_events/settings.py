"""What every source of shipped Events can be configured with."""

from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator

from sources.settings import TokenSettings, plain_url
from sources.shipped_events.fields import FIELDS


class ShippedSettings(TokenSettings):
    """One store. With `username` the token is the password of basic authentication."""

    url: str
    """Base URL, also with a path: `https://HOST/logs`."""
    username: str = ""
    """For basic authentication."""
    ca_file: Path | None = Field(default=None, strict=False)
    """Certificates to trust instead of the system's."""
    cluster: str = ""
    """Name of the cluster to print; the same as in the source of type `kubernetes`, so that their facts merge."""
    fields: dict[str, str] = Field(default_factory=dict)
    """Where a record has what: field of ours to dotted path, beside those of the format. `""`: it has it nowhere."""

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        return plain_url(value, "https://HOST/logs")

    @field_validator("fields")
    @classmethod
    def _known(cls, value: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(set(value) - set(FIELDS)):
            raise ValueError(f"{', '.join(unknown)}: no such field; there are {', '.join(FIELDS)}")
        return value

    @model_validator(mode="after")
    def _password(self) -> Self:
        if self.username and not (self.token_env or self.token_file or self.token_command):
            raise ValueError("username needs its password in token_env, token_file or token_command")
        return self
