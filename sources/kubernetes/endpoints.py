"""EndpointSlices, requested only for Services without a selector: a selector shows the pods by itself."""

from collections.abc import Set
from typing import Any

from sources.cluster.fields import get, objects, text
from sources.cluster.lists import ENDPOINT_SLICES, Listed

_MOST = 60
"""How many names fit into a URL."""


def without_selector(page: Any) -> set[str]:
    """The names of the Services in a list with pods that only EndpointSlices show.

    The API server's own Service is left out, since it has no pods, and so are Services that are a name for another
    host.
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
    """The list of the EndpointSlices of these Services, or of all Services if these are too many to name."""
    listed = ",".join(sorted(names))
    query = {"labelSelector": f"kubernetes.io/service-name in ({listed})"} if len(names) <= _MOST else {}
    return ENDPOINT_SLICES._replace(query=query)
