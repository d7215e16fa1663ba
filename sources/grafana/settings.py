"""What a `[sources.NAME]` table with `type = "grafana"` may contain."""

from pydantic import Field, field_validator

from sources.settings import TokenSettings, plain_url


class GrafanaSettings(TokenSettings):
    """One organisation of one Grafana. The token is a service account's; none is needed for anonymous access."""

    url: str
    """Base URL, also with a path: `https://HOST/grafana`."""
    org_id: int | None = Field(default=None, ge=1)
    """The organisation, for credentials that are good for several; a service account's token knows its own."""

    @field_validator("url")
    @classmethod
    def _plain_url(cls, value: str) -> str:
        return plain_url(value, "https://HOST/grafana")
