"""The address of a Prometheus for its readers, as it reports it itself: `--web.external-url`.

Prometheus lists its flags (prometheus.io/docs/prometheus/latest/querying/api/#flags); where the flag is not set it is
empty. VictoriaMetrics, Mimir and others have no such list, or no such flag.
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
    """The answer with this one flag, unless the settings name the address; none where it is not set or unknown."""
    if settings.link_url is not None:
        return
    try:
        document = client.flags()
        found = document.json()["data"][_FLAG]
    # The link then leads to where it is asked.
    except (SourceError, KeyError, TypeError):
        return
    if found:
        # Other flags name files and hosts that nobody needs.
        yield replace(document, text=json.dumps({"status": "success", "data": {_FLAG: found}}))


def external_url(document: Document) -> str:
    """Without a slash at its end; empty if the answer has none that a reader can open."""
    try:
        return reader_url(document.json()["data"].get(_FLAG))
    except (BadAnswer, KeyError, TypeError, AttributeError):
        return ""
