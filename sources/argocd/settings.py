"""The keys of a `[sources.NAME]` table with `type = "argocd"`."""

from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator

from sources.kube_api.settings import ClusterSettings
from sources.settings import Settings, TokenSettings, plain_url

_OF_CLUSTER = ("kubeconfig", "context")
_OF_API = ("token_env", "token_file", "token_command", "ca_file")


class ArgocdSettings(ClusterSettings, TokenSettings):
    """One Argo CD: its Applications are read from its cluster or, with `url`, from its own API."""

    url: str | None = None
    """Base URL of its API, optionally with a path: `https://HOST/argocd`."""
    ca_file: Path | None = Field(default=None, strict=False)
    """Certificates to trust instead of the system's."""
    projects: list[str] | None = Field(default=None, min_length=1)
    """Only Applications of these projects; default: all. `namespaces` limits the namespaces of the Applications."""
    clusters: dict[str, str] = Field(default_factory=dict)
    """The names in other sources of the clusters that it deploys to, by server URL or by Argo CD's name for them.
    `cluster` is the cluster that it runs in itself."""

    def target(self) -> str:
        """The API and the origin of its token, or the cluster if the kubeconfig names it."""
        return Settings.target(self) if self.url is not None else super().target()

    @field_validator("url")
    @classmethod
    def _plain_url(cls, value: str | None) -> str | None:
        return None if value is None else plain_url(value, "https://HOST/argocd").removesuffix("/api/v1")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        needless = _OF_CLUSTER if self.url is not None else _OF_API
        given = [key for key in needless if getattr(self, key) is not None]
        if given and self.url is not None:
            raise ValueError(f"{given[0]} is for reading from the cluster, url for reading from the API; keep one")
        if given:
            raise ValueError(f"{given[0]} is for reading from the API, which needs url")
        return self
