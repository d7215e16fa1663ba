"""The evidence that the play left, where it is kept, and the timelines drafted from it."""

import contextlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.gather import Gathered, gather
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap, Source
from collector.timeline import Scope, Timeline, draft
from sources.registry import build
from tests.evidence.play import CLUSTER, SERVICES, Played
from tests.servers.elasticsearch import Elasticsearch
from tests.servers.loki import TENANT, Loki
from tests.servers.prometheus import prometheus
from tests.servers.web import serving
from tests.sources.prometheus.samples import openmetrics
from tests.sources.shipped_events.shapes import alloy, exported

LIVE, AUDIT, METRICS, LOKI, SEARCH, RECORDED = TYPES = (
    "kubernetes",
    "kubernetes-audit",
    "kube-state-metrics",
    "loki-events",
    "elasticsearch-events",
    "recorder",
)
EXPIRED = "kubernetes without Events"
"""The live API more than an hour later: the same objects, and no Events any more."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What every source fetched, once; the servers are not needed any more."""

    played: Played
    fetched: Mapping[str, Sequence[Document | Gap]]

    @property
    def sampled(self) -> timedelta:
        """The longest that no sample was taken; a busy machine may miss some."""
        times = sorted({time for one in self.played.samples for time, _ in one.samples})
        return timedelta(seconds=max(after - before for before, after in itertools.pairwise(times)))

    def gathered(self, types: Iterable[str]) -> Gathered:
        """What these kinds of evidence give, each as a source named after its type."""
        sources = [
            _source(LIVE if type_ == EXPIRED else type_, type_, {"url": "http://127.0.0.1:1"}) for type_ in types
        ]
        return gather(sources, self.played.window, self._feed, Scrubber(), hurry=False)

    def timeline(self, types: Iterable[str]) -> Timeline:
        """The draft about all services of the play."""
        return draft(self.gathered(types), self.played.window, Scope(services=SERVICES))

    def _feed(self, source: Source, _: Deadline) -> Iterable[Document | Gap]:
        if source.name != EXPIRED:
            return self.fetched[source.name]
        none = Document("events", "GET /api/v1/events", datetime.now(UTC), json.dumps({"items": []}))
        left = [one for one in self.fetched[LIVE] if not (isinstance(one, Document) and one.call == "events")]
        return [none, *left]


@contextlib.contextmanager
def collected(played: Played, folder: Path) -> Iterator[Evidence]:
    """Put the samples and Events into their stores, and fetch everything from everywhere. Raises Missing."""
    loki = Loki([alloy(event) for event in played.events])
    documents = [("kube-events-1", f"{number}", exported(event)) for number, event in enumerate(played.events)]
    with (
        prometheus(folder / "prometheus", openmetrics(played.samples)) as prometheus_url,
        serving(loki) as loki_url,
        serving(Elasticsearch(documents)) as search_url,
    ):
        settings: dict[str, dict[str, object]] = {
            LIVE: {"kubeconfig": str(played.server.kubeconfig)},
            AUDIT: {"path": str(played.server.audit_log.parent)},
            METRICS: {"url": prometheus_url},
            LOKI: {"url": loki_url, "org_id": TENANT},
            SEARCH: {"url": search_url},
            RECORDED: {"store": f"sqlite:///{played.store}"},
        }
        sources = [_source(type_, type_, settings[type_]) for type_ in TYPES]
        yield Evidence(played, {one.name: list(one.fetch(played.window, Deadline(60))) for one in sources})


def _source(type_: str, name: str, settings: Mapping[str, object]) -> Source:
    allowed = {
        LIVE: ("kubeconfig",),
        AUDIT: ("path",),
        METRICS: ("url",),
        LOKI: ("url", "org_id"),
        SEARCH: ("url",),
        RECORDED: ("store",),
    }[type_]
    given = {"path": "unused", "store": "sqlite:////unused", "cluster": CLUSTER, **settings}
    return build(name, type_, {key: value for key, value in given.items() if key in (*allowed, "cluster")}, Scrubber())
