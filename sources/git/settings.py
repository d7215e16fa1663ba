"""What a `[sources.NAME]` table with `type = "git"` may contain."""

from pathlib import Path

from pydantic import Field, field_validator

from sources.settings import Settings, plain_url


class GitSettings(Settings):
    """One clone, bare or not. Fetch it before: nothing is asked of its remote."""

    clone: Path = Field(strict=False)
    """Its folder."""
    branch: str = Field(default="", max_length=250)
    """What people merge into, `main` or `origin/main`; default: the default branch of `origin`, else what HEAD is."""
    repository: str = ""
    """As CI calls it, `acme/checkout`: that its commits and those of CI are of one repository."""
    service: str = ""
    """What the service is called; default: the repository's name, else the folder's."""
    url: str = ""
    """Base URL of its page, `https://github.com/acme/checkout`, for links to commits."""

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
        """What the service is called."""
        name = self.repository.rstrip("/").rpartition("/")[2] or self.clone.absolute().name
        return self.service or name.removesuffix(".git")
