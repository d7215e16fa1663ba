"""What a `[sources.NAME]` table with `type = "terraform"` may hold."""

import re
from pathlib import Path

from pydantic import Field, field_validator

from collector.event import Subject
from sources.name_rules import NameRule, subject
from sources.settings import TokenSettings, plain_url

_NAME = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_PATTERN = re.compile(r"\*?[A-Za-z0-9_-]+\*?", re.ASCII)


class TerraformSettings(TokenSettings):
    """Workspaces of one organization; by default all that the token may see."""

    organization: str
    """As it stands in the address of its pages."""
    url: str = "https://app.terraform.io"
    """For Terraform Enterprise `https://HOST`."""
    workspaces: list[str] = Field(default_factory=list)
    """Names; with a `*` at the beginning or end all that end or begin so."""
    tags: list[str] = Field(default_factory=list)
    """Only workspaces that have all of these tags."""
    services: list[NameRule] = Field(default_factory=list)
    """Which service and environment a workspace is of; default: the service is called like the workspace."""
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
