"""What a `[sources.NAME]` table with `type = "helm"` may contain."""

from typing import Literal

from sources.kube_api.settings import ClusterSettings


class HelmSettings(ClusterSettings):
    """The releases of one cluster. Helm keeps their records in Secrets, or in ConfigMaps where it is told so."""

    secrets: bool = False
    """Whether to read the records themselves, which have the chart, images, hooks and why a release failed. Else
    their metadata alone is asked for. Values and manifests are never kept, but the right to either is the right to read
    all Secrets of the namespaces."""
    driver: Literal["secret", "configmap"] = "secret"
    """Where Helm keeps its records: `HELM_DRIVER`."""
