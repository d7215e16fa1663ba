"""The evidence that the play left, where it is kept, and the timelines drafted from it."""

import contextlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct, field

from collector.gather import Gathered, gather
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap, Source
from collector.timeline import Scope, Timeline, draft
from collector.window import Window
from sources.registry import build
from tests.evidence.play import CLUSTER, SERVICES, Played
from tests.evidence.truth import Truth
from tests.servers.elasticsearch import Elasticsearch
from tests.servers.loki import TENANT, Loki
from tests.servers.prometheus import prometheus
from tests.servers.web import serving
from tests.sources.prometheus.samples import Sampled, openmetrics
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


class Past(Struct, frozen=True):
    """What is known of the play when it is over."""

    window: Window
    truth: Sequence[Truth]
    sampled: timedelta
    """The longest that no sample was taken; a busy machine may miss some."""


class Evidence(Struct, frozen=True):
    """What every source fetched, once; the servers are not needed any more."""

    played: Past
    fetched: Mapping[str, Sequence[Document | Gap]]
    how: str
    """In one word: it is `kept`, or `played` just now."""
    _drafts: dict[tuple[str, ...], Timeline] = field(default_factory=dict)

    @property
    def sampled(self) -> timedelta:
        """As in Past."""
        return self.played.sampled

    def gathered(self, types: Iterable[str]) -> Gathered:
        """What these kinds of evidence give, each as a source named after its type."""
        sources = [_source(LIVE if type_ == EXPIRED else type_, type_, {}) for type_ in types]
        return gather(sources, self.played.window, self._feed, Scrubber(), deadlines=False)

    def timeline(self, types: Iterable[str]) -> Timeline:
        """The draft about all services of the play."""
        asked = tuple(types)
        if asked not in self._drafts:
            self._drafts[asked] = draft(self.gathered(asked), self.played.window, Scope(services=SERVICES))
        return self._drafts[asked]

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
        places: dict[str, dict[str, object]] = {
            LIVE: {"kubeconfig": str(played.server.kubeconfig)},
            AUDIT: {"path": str(played.server.audit_log.parent)},
            METRICS: {"url": prometheus_url},
            LOKI: {"url": loki_url, "org_id": TENANT},
            SEARCH: {"url": search_url},
            RECORDED: {"store": f"sqlite:///{played.store}"},
        }
        sources = [_source(type_, type_, places[type_]) for type_ in TYPES]
        past = Past(played.window, played.truth, _sampled(played.samples))
        yield Evidence(past, {one.name: list(one.fetch(played.window, Deadline(60))) for one in sources}, "played")


def settings(type_: str, **places: object) -> dict[str, object]:
    """Those of a source of that type; without a place to ask, enough to read what was fetched."""
    allowed = {
        LIVE: ("kubeconfig",),
        AUDIT: ("path",),
        METRICS: ("url",),
        LOKI: ("url", "org_id"),
        SEARCH: ("url",),
        RECORDED: ("store",),
    }[type_]
    given = {"path": "unused", "store": "sqlite:////unused", "url": "http://127.0.0.1:1", "cluster": CLUSTER, **places}
    return {key: value for key, value in given.items() if key in (*allowed, "cluster")}


def _source(type_: str, name: str, places: Mapping[str, object]) -> Source:
    return build(name, type_, settings(type_, **places), Scrubber())


def _sampled(samples: Sequence[Sampled]) -> timedelta:
    times = sorted({time for one in samples for time, _ in one.samples})
    return timedelta(seconds=max(after - before for before, after in itertools.pairwise(times)))
