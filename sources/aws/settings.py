"""The keys of a `[sources.NAME]` table with `type = "aws"`."""

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from collector.event import Subject
from sources.name_rules import NameRule, subject
from sources.settings import Settings, plain_url

Part = Literal["codedeploy", "ecs", "appconfig"]
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d{1,2}", re.ASCII)


class AwsSettings(Settings):
    """Some regions of one account. The credentials are those that AWS's own tools would use."""

    regions: list[str] = Field(default_factory=list)
    """`eu-central-1`; default: the region of the profile or of `AWS_REGION`."""
    profile: str | None = None
    """A profile of `~/.aws/config`; default: `AWS_PROFILE`, else the environment, the container or the instance."""
    parts: list[Part] = Field(default=["codedeploy", "ecs", "appconfig"], min_length=1)
    """The systems to ask."""
    clusters: list[str] = Field(default_factory=list)
    """Names of ECS clusters; default: all."""
    services: list[NameRule] = Field(default_factory=list)
    """Service and environment for names such as `CLUSTER/SERVICE`, `APPLICATION/GROUP`, `APPLICATION/ENVIRONMENT`."""
    endpoint_url: str = ""
    """Another address for all three systems: a VPC endpoint, or a test server."""
    ca_file: Path | None = Field(default=None, strict=False)
    """Certificates to trust instead of botocore's own."""

    def _whom(self) -> str:
        return f"profile {self.profile}" if self.profile else ""

    @field_validator("regions")
    @classmethod
    def _regions(cls, value: list[str]) -> list[str]:
        if any(not _REGION.fullmatch(region) for region in value):
            raise ValueError('must be names of regions, for example "eu-central-1"')
        return value

    @field_validator("endpoint_url")
    @classmethod
    def _endpoint(cls, value: str) -> str:
        return plain_url(value, "https://vpce-1a2b3c.ecs.eu-central-1.vpce.amazonaws.com") if value else value

    def subject(self, name: str, service: str, environment: str = "") -> Subject:
        """The service and environment that a name in AWS is mapped to."""
        return subject(self.services, name, service, environment)
