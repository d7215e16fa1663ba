"""What a `[sources.NAME]` table of type `kubernetes-audit` may have in it."""

from typing import Self

from pydantic import Field, model_validator

from sources.loki.settings import LokiSettings

_OF_LOKI = ("query", "org_id", "username", "ca_file", "token_env", "token_file", "token_command")


class KubernetesAuditSettings(LokiSettings):
    """Where the audit log is, in files or in Loki, and what of it counts."""

    path: str = ""
    """A file, a folder of rotated files, or a glob; gzipped or not."""
    url: str = ""
    """Instead of `path`: base URL of the Loki that the log is shipped to."""
    query: str = Field(default="", max_length=2000)
    """LogQL that selects its lines there, `{job="kubernetes-audit"}`, and may go on with filters. A line is an entry
    as the API server wrote it, also behind a short prefix (that of CRI, syslog) or inside JSON of the shipper's, in a
    field `log`, `message`, `msg`, `line`, `body`, `_entry`, `event` or `data`, as text or as an object.
    """
    cluster: str = ""
    """Name of the cluster to print. What the `kubernetes` source saw as well is one fact with it if both have the
    same name here."""
    namespaces: list[str] | None = Field(default=None, min_length=1)
    """Only these, and what is in no namespace; default: all."""

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
