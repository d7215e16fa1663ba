"""The keys of a `[sources.NAME]` table with `type = "git"`."""

from pathlib import Path

from pydantic import Field, field_validator

from sources.settings import Settings, plain_url


class GitSettings(Settings):
    """One clone, bare or not. Fetch it first, since its remote is never asked."""

    clone: Path = Field(strict=False)
    """Its folder."""
    branch: str = Field(default="", max_length=250)
    """The branch that people merge into, `main` or `origin/main`; default: that of `origin`, else HEAD's."""
    repository: str = ""
    """Its name in CI, `acme/checkout`, which links its commits with those of CI."""
    service: str = ""
    """Name of the service; default: the name of the repository, else of the folder."""
    url: str = ""
    """Base URL of its web page, `https://github.com/acme/checkout`, for links to commits."""

    @field_validator("branch")
    @classmethod
    def _name(cls, value: str) -> str:
        if value.startswith("-") or not value.isprintable() or any(each in value for each in " ~^:?*[\\"):
            raise ValueError("is no name of a branch")
        return value

    @field_validator("url")
    @classmethod
    def _plain_url(cls, value: str) -> str:
        return plain_url(value, "https://github.com/acme/checkout") if value else ""

    @property
    def service_name(self) -> str:
        """Name of the service."""
        name = self.repository.rstrip("/").rpartition("/")[2] or self.clone.absolute().name
        return self.service or name.removesuffix(".git")
