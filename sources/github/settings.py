"""What a `[sources.NAME]` table with `type = "github"` may hold."""

import re

from pydantic import Field, field_validator

from sources.settings import TokenSettings, plain_url

_REPOSITORY = re.compile(r"[A-Za-z0-9_-]+/(?!\.{1,2}$)[A-Za-z0-9._-]+")


class GithubSettings(TokenSettings):
    """One repository. Without a token only public repositories can be asked, 60 times an hour."""

    repository: str
    """`owner/name`."""
    api_url: str = "https://api.github.com"
    """For GitHub Enterprise Server `https://HOST/api/v3`."""
    service: str = ""
    """Name of the service that the repository deploys; by default the repository's own."""
    environments: list[str] = Field(default_factory=list)
    """Only Deployments to these; by default to all."""

    @field_validator("repository")
    @classmethod
    def _owner_and_name(cls, value: str) -> str:
        if not _REPOSITORY.fullmatch(value):
            raise ValueError('must be "owner/name", for example "acme/checkout"')
        return value

    @field_validator("api_url")
    @classmethod
    def _plain_url(cls, value: str) -> str:
        return plain_url(value, "https://HOST/api/v3")

    @property
    def service_name(self) -> str:
        """The configured service, else the repository's name."""
        return self.service or self.repository.partition("/")[2]

    @property
    def url(self) -> str:
        """Where the API has the repository."""
        return f"{self.api_url}/repos/{self.repository}"
