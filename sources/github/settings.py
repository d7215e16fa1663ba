"""What a `[sources.NAME]` table with `type = "github"` may hold."""

import re

from pydantic import Field, field_validator, model_validator

from sources.settings import TokenSettings, plain_url

_REPOSITORY = re.compile(r"[A-Za-z0-9_-]+/(?!\.{1,2}$)[A-Za-z0-9._-]+")


class GithubSettings(TokenSettings):
    """One repository or several. Without a token only public repositories can be asked, 60 times an hour."""

    repository: str = ""
    """`owner/name`."""
    repositories: list[str] = Field(default_factory=list)
    """Further ones."""
    api_url: str = "https://api.github.com"
    """For GitHub Enterprise Server `https://HOST/api/v3`."""
    service: str = ""
    """Name of the service that is deployed; by default that of the repository."""
    services: dict[str, str] = Field(default_factory=dict)
    """Which service is deployed where a repository has several: by the task or the environment of the Deployment, or by
    file, path or name of the workflow, or by the repository. Keys may have `*`; the first that fits decides."""
    environments: list[str] = Field(default_factory=list)
    """Only Deployments to these; by default to all."""
    workflows: list[str] = Field(default_factory=list)
    """Workflows of which each run is a deploy, also without a Deployment: by file, path or name; with `/JOB` behind it
    only those jobs are (`ci.yml/deploy*`)."""

    @model_validator(mode="after")
    def _any(self) -> "GithubSettings":
        if not self.every:
            raise ValueError("needs `repository` or `repositories`")
        return self

    @field_validator("repository")
    @classmethod
    def _owner_and_name(cls, value: str) -> str:
        if not _REPOSITORY.fullmatch(value):
            raise ValueError('must be "owner/name", for example "acme/checkout"')
        return value

    @field_validator("repositories")
    @classmethod
    def _owners_and_names(cls, value: list[str]) -> list[str]:
        return [cls._owner_and_name(each) for each in value]

    @field_validator("api_url")
    @classmethod
    def _plain_url(cls, value: str) -> str:
        return plain_url(value, "https://HOST/api/v3")

    def _whom(self) -> str:
        # Where the token is from is known once it was looked for; the source adds it.
        return ""

    @property
    def every(self) -> list[str]:
        """All repositories, each once."""
        named = [self.repository] if self.repository else []
        found: dict[str, str] = {}
        for each in (*named, *self.repositories):
            found.setdefault(each.lower(), each)
        return list(found.values())
