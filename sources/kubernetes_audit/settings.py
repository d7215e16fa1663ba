"""The settings of a `[sources.NAME]` table of type `kubernetes-audit`."""

from typing import Self

from pydantic import Field, model_validator

from sources.loki.settings import LokiSettings

_OF_LOKI = ("query", "org_id", "username", "ca_file", "token_env", "token_file", "token_command")


class KubernetesAuditSettings(LokiSettings):
    """Where the audit log is, in files or in Loki, and which parts of it count."""

    path: str = ""
    """A file, a folder of rotated files, or a glob; gzipped or not."""
    url: str = ""
    """Instead of `path`: base URL of the Loki to which the log is shipped."""
    query: str = Field(default="", max_length=2000)
    """LogQL that selects the log's lines there, `{job="kubernetes-audit"}`, and may continue with filters.

    A line is an entry as the API server wrote it. It may follow a short prefix (that of CRI, syslog), or be inside the
    shipper's JSON, in a field `log`, `message`, `msg`, `line`, `body`, `_entry`, `event` or `data`, as text or as an
    object.
    """
    cluster: str = ""
    """Name of the cluster in the output. With the same name as a `kubernetes` source, their common facts are merged."""
    namespaces: list[str] | None = Field(default=None, min_length=1)
    """Only these namespaces, and objects without a namespace; default: all."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.path) == bool(self.url):
            which = "are both set; keep one" if self.path else "are both missing; set one"
            raise ValueError(f"path (to files) and url (of a Loki) {which}")
        if self.url and not self.query:
            raise ValueError('url: set query, too, to what selects the log there, for example {job="kubernetes-audit"}')
        if not self.url and (given := [key for key in _OF_LOKI if getattr(self, key)]):
            raise ValueError(f"{', '.join(given)}: only with url, not with path")
        return self
