"""Queries a cluster for Helm's releases."""

from collections.abc import Callable, Iterator
from typing import Any

from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap
from sources.cluster.lists import Listed
from sources.helm.reduce import Reducer
from sources.helm.settings import HelmSettings
from sources.kube_api.listing import fetch_lists

_OWNED = "owner=helm"
_TYPE = "type=helm.sh/release.v1"


def fetch(
    settings: HelmSettings, scrubber: Scrubber, deadline: Deadline, sleep: Callable[[float], None]
) -> Iterator[Document | Gap]:
    """Helm's records, reduced at once: they may hold secrets."""
    in_secrets = settings.driver == "secret"
    query = {"labelSelector": _OWNED} | ({"fieldSelector": _TYPE} if in_secrets else {})
    # A record may be as large as 1 MB.
    listed = Listed(
        "secrets" if in_secrets else "configmaps",
        "/api/v1",
        metadata=not settings.secrets,
        page=50 if settings.secrets else 500,
        query=query,
    )
    reducer = Reducer()

    def kept(_: Listed, page: dict[str, Any]) -> Any:
        return reducer.kept(page)

    yield from fetch_lists(settings, scrubber, deadline, sleep, lambda _: (listed,), kept)
