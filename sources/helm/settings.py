"""The settings of a `[sources.NAME]` table with `type = "helm"`."""

from typing import Literal

from sources.kube_api.settings import ClusterSettings


class HelmSettings(ClusterSettings):
    """The releases of one cluster. Helm keeps their records in Secrets, or in ConfigMaps if configured so."""

    secrets: bool = False
    """Whether to read the records themselves, with chart, images, hooks and the reason of a failure.

    Otherwise only their metadata is requested. Values and manifests are never kept; but either request takes the right
    to read all Secrets of the namespaces.
    """
    driver: Literal["secret", "configmap"] = "secret"
    """Where Helm keeps its records: `HELM_DRIVER`."""
