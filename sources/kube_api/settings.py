"""The settings in a `[sources.NAME]` table that choose a cluster, for every type that asks an API server."""

from pathlib import Path

from pydantic import Field

from sources.settings import Settings


class ClusterSettings(Settings):
    """Which cluster to ask, as which user, and about which namespaces."""

    kubeconfig: Path | None = Field(default=None, strict=False)
    """Default: `$KUBECONFIG`, then `~/.kube/config`, then the account of the pod this runs in."""
    context: str | None = None
    """Context of the kubeconfig; default: its current one."""
    namespaces: list[str] | None = Field(default=None, min_length=1)
    """Only these namespaces; default: all. If set, the account needs rights only in these."""
    cluster: str = ""
    """Name of the cluster in the output."""

    def target(self) -> str:
        """Context, API server and user, if the kubeconfig has them."""
        from sources.kube_api.connect import target

        return target(self)


class KubernetesSettings(ClusterSettings):
    """The same settings, with those of the source `kubernetes`."""

    asked_namespaces: list[str] | None = Field(default=None, min_length=1)
    """The namespaces that a run is restricted to (`--namespace`): asked one by one if the account may not list all."""
    secrets: bool = False
    """Whether to ask when Secrets changed.

    Only their metadata is requested, but that takes the right to read the Secrets.
    """
