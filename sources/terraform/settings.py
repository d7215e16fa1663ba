"""The keys of a `[sources.NAME]` table with `type = "terraform"`."""

import re
from pathlib import Path

from pydantic import Field, field_validator

from collector.event import Subject
from sources.name_rules import NameRule, subject
from sources.settings import TokenSettings, plain_url

_NAME = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_PATTERN = re.compile(r"\*?[A-Za-z0-9_-]+\*?", re.ASCII)


class TerraformSettings(TokenSettings):
    """Workspaces of one organization; default: all that the token may see."""

    organization: str
    """Its name as in the URLs of its pages."""
    url: str = "https://app.terraform.io"
    """For Terraform Enterprise, `https://HOST`."""
    workspaces: list[str] = Field(default_factory=list)
    """Names; a `*` at the beginning or end stands for any text there."""
    tags: list[str] = Field(default_factory=list)
    """Only workspaces with all of these tags."""
    services: list[NameRule] = Field(default_factory=list)
    """Service and environment of a workspace; default: the service has the name of the workspace."""
    ca_file: Path | None = Field(default=None, strict=False)
    """Certificates to trust instead of the system's."""

    @field_validator("organization")
    @classmethod
    def _organization(cls, value: str) -> str:
        if not _NAME.fullmatch(value):
            raise ValueError('must be the name of an organization, for example "acme"')
        return value

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        return plain_url(value, "https://HOST")

    @field_validator("workspaces")
    @classmethod
    def _workspaces(cls, value: list[str]) -> list[str]:
        for name in value:
            if not _PATTERN.fullmatch(name):
                raise ValueError('must be names of workspaces, for example "checkout-production" or "shop-*"')
        return value

    @field_validator("tags")
    @classmethod
    def _tags(cls, value: list[str]) -> list[str]:
        if any(not tag.strip() or "," in tag for tag in value):
            raise ValueError("must be one tag each, without commas")
        return value

    def subject(self, workspace: str) -> Subject:
        """The service and environment of a workspace."""
        return subject(self.services, workspace, workspace)
