"""The lists requested from a cluster that Tekton runs in."""

from collections.abc import Callable, Iterator
from functools import partial

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Document, Gap
from sources.cluster.lists import Listed
from sources.kube_api.api import Api
from sources.kube_api.listing import fetch_lists
from sources.kube_api.versions import served
from sources.tekton.reduce import kept
from sources.tekton.settings import TektonSettings

_GROUP = "tekton.dev"


def fetch(
    settings: TektonSettings, scrubber: Scrubber, deadline: Deadline, sleep: Callable[[float], None]
) -> Iterator[Document | Gap]:
    """PipelineRuns and TaskRuns. Raises BadAnswer if the cluster has no Tekton."""
    yield from fetch_lists(settings, scrubber, deadline, sleep, _choose, partial(kept, settings))


def _choose(api: Api) -> Iterator[Listed]:
    version = served(api, _GROUP, ("v1", "v1beta1"))
    if version is None:
        raise BadAnswer(f"kubernetes at {api.host}: it has no PipelineRuns of Tekton", "does Tekton run there?")
    for name in ("pipelineruns", "taskruns"):
        yield Listed(name, f"/apis/{_GROUP}/{version}")
