"""How long a Prometheus keeps its samples, as it reports it itself.

`storageRetention` in its runtime information (prometheus.io/docs/prometheus/latest/querying/api/#runtime-information)
is the effective value: the flag is `0s` unless set. Thanos leaves the field empty, VictoriaMetrics and Mimir have no
such endpoint; for these the retention is unknown.
"""

import re
from typing import TYPE_CHECKING

from collector.source import SourceError

if TYPE_CHECKING:
    from sources.promql.client import Client

_KEPT = re.compile(r"(?P<time>(?:\d+(?:ms|[ywdhms]))+)?(?: or )?(?P<size>\d+(?:\.\d+)?[KMGTPE]?i?B)?")


def ask_retention(client: "Client") -> str:
    """`15d`, `15d, at most 10GiB` or `at most 10GiB`; empty if unknown."""
    try:
        return retention(client.runtime_info().json()["data"].get("storageRetention"))
    except (SourceError, KeyError, TypeError, AttributeError):
        return ""


def retention(reported: object) -> str:
    """The reported retention in words; empty if it has an unexpected form."""
    found = _KEPT.fullmatch(reported) if isinstance(reported, str) else None
    if found is None:
        return ""
    return ", ".join(filter(None, (found["time"], found["size"] and f"at most {found['size']}")))
