"""The keys of a `[sources.NAME]` table with `type = "gitlab"`."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from sources.settings import TokenSettings, plain_url


class GitlabSettings(TokenSettings):
    """Projects of one GitLab, or all projects of a group. Without a token only public projects are readable."""

    url: str = "https://gitlab.com"
    """Base URL of the instance; a self-managed one may have a path: `https://HOST/gitlab`."""
    project: str = ""
    """Full path of a project, `acme/shop/checkout`, or its numeric id."""
    projects: list[str] = Field(default_factory=list)
    """More projects, given the same way."""
    group: str = ""
    """Full path or numeric id of a group; all of its projects are asked, including those of subgroups."""
    services: dict[str, str] = Field(default_factory=dict)
    """Name of the service by the path of its project; default: the last part of the path.

    If jobs of one project deploy several services, by path and job: `acme/shop:deploy-cart`.
    """
    environments: list[str] = Field(default_factory=list)
    """Only deploys to these environments, as shell patterns (`production*`); default: all."""
    deploy_jobs: list[str] = Field(default_factory=list)
    """Shell patterns of the names of jobs that deploy; default: jobs with an environment or a name that says so."""
    scheme: Literal["PRIVATE-TOKEN", "Bearer"] = "PRIVATE-TOKEN"
    """How the token is sent: access tokens either way, OAuth tokens as `Bearer`."""
    ca_file: Path | None = Field(default=None, strict=False)
    """Certificates to trust instead of the system's."""

    @field_validator("url")
    @classmethod
    def _plain_url(cls, value: str) -> str:
        return plain_url(value, "https://HOST/gitlab").removesuffix("/api/v4")

    @field_validator("project")
    @classmethod
    def _path(cls, value: str) -> str:
        return _project(value) if value else ""

    @field_validator("projects")
    @classmethod
    def _paths(cls, value: list[str]) -> list[str]:
        return [_project(each) for each in value]

    @field_validator("group")
    @classmethod
    def _group(cls, value: str) -> str:
        if value and not _is_path(value, least=1):
            raise ValueError('must be the full path of a group, "acme/shop", or its id')
        return value.strip("/")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.wanted and not self.group:
            raise ValueError('set project = "acme/checkout", projects = [...] or group = "acme"')
        return self

    @property
    def wanted(self) -> list[str]:
        """The configured projects, each once."""
        return list(dict.fromkeys([self.project, *self.projects] if self.project else self.projects))

    @property
    def api(self) -> str:
        """URL of the REST API."""
        return f"{self.url}/api/v4"

    def service(self, path: str) -> str:
        """The service that the project with this path deploys."""
        return self._known.get(path.lower()) or path.rpartition("/")[2]

    def service_of_job(self, path: str, job: str) -> str:
        """The service that only this job deploys; empty if it is the project's."""
        return self._known.get(f"{path}:{job}".lower(), "")

    @property
    def _known(self) -> dict[str, str]:
        return {key.strip("/").lower(): name for key, name in self.services.items()}


def _project(value: str) -> str:
    if not _is_path(value, least=2):
        raise ValueError(f'{value!r} is no project: write its full path, "acme/shop/checkout", or its id')
    return value.strip("/")


def _is_path(value: str, *, least: int) -> bool:
    parts = value.strip("/").split("/")
    if value.isascii() and value.isdecimal():
        return True
    return len(parts) >= least and all(part and part not in (".", "..") and part.isprintable() for part in parts)
