"""Reads Argo CD from the cluster that it runs in: its Applications, and the remaining Events about them."""

from collections.abc import Callable, Iterator

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Document, Gap
from sources.argocd.reduce import kept
from sources.argocd.settings import ArgocdSettings
from sources.cluster.lists import Listed
from sources.kube_api.api import Api
from sources.kube_api.listing import fetch_lists

_GROUP = "/apis/argoproj.io/v1alpha1"
_LISTS = (
    Listed("applications", _GROUP, page=40),
    Listed("events", "/api/v1", page=2000, query={"fieldSelector": "involvedObject.kind=Application"}),
)


def fetch(
    settings: ArgocdSettings, scrubber: Scrubber, deadline: Deadline, sleep: Callable[[float], None]
) -> Iterator[Document | Gap]:
    """Every Application, and the Events about them. Raises BadAnswer if the cluster has no Argo CD."""
    yield from fetch_lists(settings, scrubber, deadline, sleep, _choose, lambda what, page: kept(what.name, page))


def _choose(api: Api) -> tuple[Listed, ...]:
    if not api.has(_GROUP, "applications"):
        raise BadAnswer(
            f"kubernetes at {api.host}: it has no Applications of Argo CD",
            "is `context` the cluster that Argo CD runs in? else set `url` to its API",
        )
    return _LISTS
