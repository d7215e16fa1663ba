"""The keys of a `[sources.NAME]` table with `type = "github"`."""

import re

from pydantic import Field, field_validator, model_validator

from sources.settings import TokenSettings, plain_url

_REPOSITORY = re.compile(r"[A-Za-z0-9_-]+/(?!\.{1,2}$)[A-Za-z0-9._-]+")


class GithubSettings(TokenSettings):
    """One or several repositories. Without a token only public repositories are readable, 60 requests an hour."""

    repository: str = ""
    """`owner/name`."""
    repositories: list[str] = Field(default_factory=list)
    """More repositories."""
    api_url: str = "https://api.github.com"
    """For GitHub Enterprise Server, `https://HOST/api/v3`."""
    service: str = ""
    """Name of the deployed service; default: the name of the repository."""
    services: dict[str, str] = Field(default_factory=dict)
    """Deployed services, if a repository has several: by task or environment of the Deployment, by file, path or name
    of the workflow, or by repository. Keys may contain `*`; the first match counts."""
    environments: list[str] = Field(default_factory=list)
    """Only Deployments to these environments; default: all."""
    workflows: list[str] = Field(default_factory=list)
    """Workflows of which each run is a deploy even without a Deployment: by file, path or name; with `/JOB` appended,
    only those jobs (`ci.yml/deploy*`)."""

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
        # The origin of the token is only known after looking for it, so the source adds it.
        return ""

    @property
    def every(self) -> list[str]:
        """All repositories, each once."""
        named = [self.repository] if self.repository else []
        found: dict[str, str] = {}
        for each in (*named, *self.repositories):
            found.setdefault(each.lower(), each)
        return list(found.values())
