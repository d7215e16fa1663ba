"""The address of a Prometheus for its readers, from its own flag `--web.external-url`.

Prometheus lists its flags (prometheus.io/docs/prometheus/latest/querying/api/#flags); an unset flag is empty.
VictoriaMetrics, Mimir and others have no such list, or no such flag.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from collector.source import BadAnswer, Document, SourceError
from sources.promql.settings import PromqlSettings
from sources.reader_url import reader_url

if TYPE_CHECKING:
    from sources.promql.client import Client

CALL = "flags"
_FLAG = "web.external-url"


def ask_external_url(client: "Client", settings: PromqlSettings) -> Iterator[Document]:
    """The answer reduced to this flag; none if the settings give the address, or if the flag is unset or unknown."""
    if settings.link_url is not None:
        return
    try:
        document = client.flags()
        found = document.json()["data"][_FLAG]
    # Links then use the configured `url`.
    except (SourceError, KeyError, TypeError):
        return
    if found:
        # Other flags name files and hosts, which are not needed.
        yield replace(document, text=json.dumps({"status": "success", "data": {_FLAG: found}}))


def external_url(document: Document) -> str:
    """The URL without a trailing slash; empty if the answer has none that a reader can open."""
    try:
        return reader_url(document.json()["data"].get(_FLAG))
    except (BadAnswer, KeyError, TypeError, AttributeError):
        return ""
