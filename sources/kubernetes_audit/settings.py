"""What a `[sources.NAME]` table of type `kubernetes-audit` may hold."""

from pydantic import Field

from sources.settings import Settings


class KubernetesAuditSettings(Settings):
    """Where the audit log is, and what of it counts."""

    path: str = Field(min_length=1)
    """A file, a folder of rotated files, or a glob; gzipped or not."""
    cluster: str = ""
    """Name of the cluster to print. What the `kubernetes` source saw as well is one fact with it if both have the
    same name here."""
    namespaces: list[str] | None = Field(default=None, min_length=1)
    """Only these, and what is in no namespace; default: all."""
