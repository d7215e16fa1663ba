"""Which cluster is asked: what a `[sources.NAME]` table of any type that asks an API server may contain."""

from pathlib import Path

from pydantic import Field

from sources.settings import Settings


class ClusterSettings(Settings):
    """Which cluster to ask, as whom, and about which namespaces."""

    kubeconfig: Path | None = Field(default=None, strict=False)
    """Default: `$KUBECONFIG`, then `~/.kube/config`, then the account of the pod this runs in."""
    context: str | None = None
    """Context of the kubeconfig; default: its current one."""
    namespaces: list[str] | None = Field(default=None, min_length=1)
    """Only these; default: all. They need rights in these namespaces alone."""
    cluster: str = ""
    """Name of the cluster to print."""

    def target(self) -> str:
        """Context, API server and user, as far as the kubeconfig has them."""
        from sources.kube_api.connect import target

        return target(self)


class KubernetesSettings(ClusterSettings):
    """The same, for what the cluster itself reports."""

    asked_namespaces: list[str] | None = Field(default=None, min_length=1)
    """Those that a run is restricted to (`--namespace`): listed alone where the account may not list the cluster."""
    secrets: bool = False
    """Whether to ask when Secrets changed. Of them the metadata alone is asked for, but the right to that is the right
    to read them."""
