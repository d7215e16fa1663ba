"""EndpointSlices, which are asked for only where a Service has no selector: else its selector shows its pods."""

from collections.abc import Set
from typing import Any

from sources.cluster.fields import get, objects, text
from sources.cluster.lists import ENDPOINT_SLICES, Listed

_MOST = 60
"""So many names fit into an address."""


def without_selector(page: Any) -> set[str]:
    """The names of the Services in a list whose pods only their EndpointSlices show.

    Not the API server's own, which has no pods, and not those that are a name for another host.
    """
    return {
        name
        for item in objects(page, "items")
        if (name := text(item, "metadata", "name"))
        and isinstance(get(item, "spec"), dict)
        and not get(item, "spec", "selector")
        and text(item, "spec", "type") != "ExternalName"
        and (text(item, "metadata", "namespace"), name) != ("default", "kubernetes")
    }


def slices_of(names: Set[str]) -> Listed:
    """The list of the EndpointSlices of these Services, or of all where these are too many to name."""
    listed = ",".join(sorted(names))
    query = {"labelSelector": f"kubernetes.io/service-name in ({listed})"} if len(names) <= _MOST else {}
    return ENDPOINT_SLICES._replace(query=query)
