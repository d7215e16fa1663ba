"""Lists the objects of a cluster, and keeps the parts that are needed."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap
from sources.cluster.fields import objects
from sources.cluster.lists import CONTROLLERS, DEPLOYMENT_CONFIGS, LISTS, Listed
from sources.kube_api.api import Api
from sources.kube_api.listing import fetch_lists
from sources.kube_api.reduce import analyses_only, metadata_only, reduced
from sources.kube_api.settings import KubernetesSettings
from sources.kubernetes.endpoints import slices_of, without_selector


def fetch(
    settings: KubernetesSettings, scrubber: Scrubber, deadline: Deadline, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Document | Gap]:
    """Yield the pages of the lists in `sources.cluster.lists`.

    The documents are the API server's JSON, without anything that may hold secrets, and half the size. Of containers,
    name, image, restart policy, resources and the like are kept (see `sources.kube_api.reduce`), of annotations those
    that are read, of volumes which objects they mount; `managedFields[].fieldsV1` is removed. Of ConfigMaps and
    Secrets, only the metadata is requested, and its annotations are not kept.

    Raises Denied if nothing could be listed. A list that may be read only in part or not at all is a Gap at the end.
    """
    wanted = [what for what in LISTS if _is_wanted(what, settings)]
    bare: set[str] = set()

    def choose(api: Api) -> Iterator[Listed]:
        yield from wanted
        if bare:
            yield slices_of(bare)
        if api.lists_resource(DEPLOYMENT_CONFIGS.group, DEPLOYMENT_CONFIGS.name):
            yield CONTROLLERS

    def kept(what: Listed, page: dict[str, Any]) -> Any:
        if what.name == "services":
            bare.update(without_selector(page))
        return _kept(what, page)

    yield from fetch_lists(settings, scrubber, deadline, sleep, choose, kept)


def _is_wanted(what: Listed, settings: KubernetesSettings) -> bool:
    # Nodes belong to no namespace: an account restricted to namespaces has no rights to them.
    asked = what.namespaced or settings.namespaces is None
    return asked and (settings.secrets or what.name != "secrets")


def _kept(what: Listed, page: dict[str, Any]) -> Any:
    if what.metadata:
        return metadata_only(page)
    if what.name == "analysisruns":
        return analyses_only(page)
    if what.name == "events":
        # Nothing else in an Event needs to be left out, and there are too many Events to search.
        for item in objects(page, "items"):
            known = item.get("metadata")
            if isinstance(known, dict):
                known.pop("annotations", None)
                if "managedFields" in known:
                    for part in objects(known, "managedFields"):
                        part.pop("fieldsV1", None)
        return page
    return reduced(page)
