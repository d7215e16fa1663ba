"""Settings that all sources reading from Loki share."""

import re

from pydantic import field_validator

from sources.settings import ServerSettings

_TENANT = re.compile(r"[A-Za-z0-9!._*'()|-]*", re.ASCII)


class LokiSettings(ServerSettings):
    """One Loki."""

    org_id: str = ""
    """The tenant, or several joined by `|` (`X-Scope-OrgID`)."""

    @field_validator("org_id")
    @classmethod
    def _tenant(cls, value: str) -> str:
        if not _TENANT.fullmatch(value):
            raise ValueError("has characters that no tenant has")
        return value
