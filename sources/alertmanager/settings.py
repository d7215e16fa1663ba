"""The keys of a `[sources.NAME]` table with `type = "alertmanager"`."""

from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator

from sources.settings import TokenSettings, plain_url


class AlertmanagerSettings(TokenSettings):
    """One Alertmanager. With `username`, the token is the password of basic authentication, else a bearer token."""

    url: str
    """Base URL, optionally with a path: `https://HOST/alertmanager`."""
    username: str = ""
    """For basic authentication."""
    ca_file: Path | None = Field(default=None, strict=False)
    """Certificates to trust instead of the system's."""
    service_label: str = Field(default="", max_length=200)
    """The label that names the service; by default the first existing one of the usual labels."""
    external_labels: list[str] = Field(default_factory=list)
    """Labels that Prometheus adds when sending alerts, its `external_labels`; without them its alerts are the same."""

    @field_validator("url")
    @classmethod
    def _plain_url(cls, value: str) -> str:
        return plain_url(value, "https://HOST/alertmanager").removesuffix("/api/v2")

    @model_validator(mode="after")
    def _password(self) -> Self:
        if self.username and not (self.token_env or self.token_file or self.token_command):
            raise ValueError("username needs its password in token_env, token_file or token_command")
        return self
