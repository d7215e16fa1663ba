"""The lists requested from a cluster that Flux runs in."""

from collections.abc import Callable, Iterator

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Document, Gap
from sources.cluster.lists import Listed
from sources.flux.reduce import kept
from sources.kube_api.api import Api
from sources.kube_api.listing import fetch_lists
from sources.kube_api.settings import ClusterSettings
from sources.kube_api.versions import served

_DEPLOYERS = {
    "kustomizations": ("kustomize.toolkit.fluxcd.io", ("v1", "v1beta2", "v1beta1"), "Kustomization"),
    "helmreleases": ("helm.toolkit.fluxcd.io", ("v2", "v2beta2", "v2beta1"), "HelmRelease"),
}
_SOURCES = {
    "gitrepositories": ("v1", "v1beta2", "v1beta1"),
    "ocirepositories": ("v1", "v1beta2"),
}
_OF_SOURCES = "source.toolkit.fluxcd.io"


def fetch(
    settings: ClusterSettings, scrubber: Scrubber, deadline: Deadline, sleep: Callable[[float], None]
) -> Iterator[Document | Gap]:
    """Each list in the newest version that the server has. Raises BadAnswer if the cluster has no Flux."""
    yield from fetch_lists(settings, scrubber, deadline, sleep, _choose, kept)


def _choose(api: Api) -> Iterator[Listed]:
    found = False
    for name, (group, versions, kind) in _DEPLOYERS.items():
        version = served(api, group, versions)
        if version is not None:
            found = True
            yield Listed(name, f"/apis/{group}/{version}")
            yield Listed("events", "/api/v1", page=2000, query={"fieldSelector": f"involvedObject.kind={kind}"})
    if not found:
        raise BadAnswer(
            f"kubernetes at {api.host}: it has no Kustomizations or HelmReleases of Flux", "does Flux run there?"
        )
    for name, wanted in _SOURCES.items():
        version = served(api, _OF_SOURCES, wanted)
        if version is not None:
            # The Flux on this server may be older than one of the two kinds.
            yield Listed(name, f"/apis/{_OF_SOURCES}/{version}", custom=True)
