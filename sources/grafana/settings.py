"""The keys of a `[sources.NAME]` table with `type = "grafana"`."""

from pydantic import Field, field_validator

from sources.settings import TokenSettings, plain_url


class GrafanaSettings(TokenSettings):
    """One organisation of one Grafana. The token is a service account's; anonymous access needs none."""

    url: str
    """Base URL, optionally with a path: `https://HOST/grafana`."""
    org_id: int | None = Field(default=None, ge=1)
    """The organisation, for credentials that are valid for several; the token of a service account implies it."""

    @field_validator("url")
    @classmethod
    def _plain_url(cls, value: str) -> str:
        return plain_url(value, "https://HOST/grafana")
