"""The recorded incident out of shipped Events, alone and together with the API server's."""

import gzip
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.merge import Occurrence, merge
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap
from collector.stories.rollouts import rollouts
from collector.timeline import Scope, draft
from collector.window import Window
from sources.registry import build
from tests.examples import few, rarely
from tests.servers.elasticsearch import Elasticsearch
from tests.servers.loki import TENANT, Loki
from tests.servers.web import serving
from tests.sources.contract import DEMO, source
from tests.sources.shipped_events.shapes import (
    EXPORTER_QUERY,
    alloy,
    exported,
    exported_line,
    loki_answer,
    search_answer,
    updates,
)

RECORDED = Path(__file__).parents[3] / "fixtures" / "checkout-incident" / "kubernetes.json.gz"
WINDOW = Window(datetime(2026, 4, 1, 14, 0, tzinfo=UTC), datetime(2026, 4, 1, 14, 30, tzinfo=UTC))
KINDS = {"events": "Event", "pods": "Pod", "replicasets": "ReplicaSet", "deployments": "Deployment"}
Objects = list[dict[str, Any]]
NATURE = ["Events show neither versions nor", "Events show that containers died"]
"""What Events never tell is all that is missing."""
FORMS: dict[str, tuple[str, dict[str, object], Callable[[Objects], str]]] = {
    "alloy-logfmt": ("loki-events", {}, lambda events: loki_answer(alloy(each) for each in events)),
    "alloy-json": ("loki-events", {}, lambda events: loki_answer(alloy(each, "json") for each in events)),
    "exporter-loki": (
        "loki-events",
        {"format": "event-exporter", "query": EXPORTER_QUERY},
        lambda events: loki_answer(exported_line(each) for each in events),
    ),
    "exporter-elasticsearch": (
        "elasticsearch-events",
        {},
        lambda events: search_answer(exported(each) for each in events),
    ),
    "exporter-objects-gone": (
        "elasticsearch-events",
        {},
        lambda events: search_answer(exported(each, gone=True) for each in events),
    ),
}


@pytest.fixture(scope="module")
def objects() -> Objects:
    found: Objects = json.loads(gzip.decompress(RECORDED.read_bytes()))
    return found


@pytest.fixture(scope="module")
def live(objects: Objects) -> list[Event]:
    documents = [
        Document(call, "GET", WINDOW.end, json.dumps({"items": [each for each in objects if each["kind"] == kind]}))
        for call, kind in KINDS.items()
    ]
    source = build("live", "kubernetes", {"cluster": "production"}, Scrubber())
    return [given for given in source.read(documents, WINDOW) if isinstance(given, Event)]


@pytest.fixture(scope="module", params=few(FORMS, 2))
def shipped(request: pytest.FixtureRequest, objects: Objects) -> list[Event]:
    type_, settings, form = FORMS[request.param]
    connection = {"url": "http://127.0.0.1:1", "cluster": "production"}
    source = build("shipped", type_, {**connection, **settings}, Scrubber())
    text = form([update for each in objects if each["kind"] == "Event" for update in updates(each)])
    # The same answer twice: pages overlap.
    given = list(source.read([Document("events", "GET", WINDOW.end, text)] * 2, WINDOW))
    assert limits(given) == NATURE
    return [each for each in given if isinstance(each, Event)]


def limits(given: Sequence[object]) -> list[str]:
    return [" ".join(each.reason.split()[:5]) for each in given if isinstance(each, Gap)]


def near(told: datetime, expected: str) -> bool:
    return abs(told - datetime.fromisoformat(f"2026-04-01T{expected}Z")) <= timedelta(seconds=6)


def of_checkout(events: list[Event]) -> list[Occurrence]:
    return [fact for fact in merge(events) if fact.best.subject.workload == "Deployment/checkout"]


def test_events_alone_tell_the_rollout_and_the_rollback(shipped: list[Event]) -> None:
    rolled = rollouts(of_checkout(shipped))
    assert [rollout.started.kind for rollout in rolled] == [Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED]
    assert near(rolled[0].started.best.at, "14:02:50")
    assert near(rolled[1].started.best.at, "14:20:00")
    for rollout, batches in zip(rolled, (("14:03:56", "14:05:02"), ("14:21:05", "14:22:10")), strict=True):
        stopped = [fact.best for fact in rollout.terminated]
        assert len({each.subject.pod for each in stopped}) == len(stopped) == 6
        assert all(near(each.at, batches[index // 3]) for index, each in enumerate(stopped))
        assert rollout.completed is None
        assert rollout.keys.version == ""


def test_every_event_says_where_it_is_kept(shipped: list[Event]) -> None:
    assert all(event.query.startswith(("{", "/kube-events-")) for event in shipped)


def test_together_with_the_live_api_nothing_is_new_and_nothing_double(live: list[Event], shipped: list[Event]) -> None:
    alone, together = merge(live), merge([*live, *shipped])

    def told(facts: list[Occurrence]) -> list[tuple[Kind, datetime, str, str, str]]:
        return sorted(
            (fact.kind, fact.best.at, fact.best.subject.workload, fact.best.subject.pod, fact.best.keys.version)
            for fact in facts
        )

    assert told(together) == told(alone)
    seen = [{event.source for event in fact.events} for fact in together]
    assert {"shipped"} not in seen
    assert seen.count({"live", "shipped"}) > 1000


def test_where_the_events_have_expired_the_shipped_ones_take_their_place(
    objects: Objects, live: list[Event], shipped: list[Event]
) -> None:
    documents = [
        Document(call, "GET", WINDOW.end, json.dumps({"items": [each for each in objects if each["kind"] == kind]}))
        for call, kind in KINDS.items()
        if call != "events"
    ]
    source = build("live", "kubernetes", {"cluster": "production"}, Scrubber())
    left = [given for given in source.read(documents, WINDOW) if isinstance(given, Event)]
    rolled = rollouts(of_checkout([*left, *shipped]))
    rollout, rollback = [each for each in rolled if each.started.best.at >= WINDOW.start]
    assert (rollout.keys.version, rollback.keys.version) == ("1.5.0", "1.4.9")
    assert near(rollback.started.best.at, "14:20:00")
    assert len(rollout.terminated) == len(rollback.terminated) == 6
    assert rollback.completed
    assert near(rollback.completed.best.at, "14:22:10")


def test_the_rows_where_the_cluster_cannot_be_asked_any_more(shipped: list[Event]) -> None:
    others = [
        given
        for name, type_ in (("prometheus", "prometheus"), ("github", "github"), ("notes", "notes"))
        for given in source(type_).read([each for each in DEMO.documents(name) if isinstance(each, Document)], WINDOW)
        if isinstance(given, Event)
    ]
    timeline = draft(Gathered((*others, *shipped), ()), WINDOW, Scope())
    assert [(f"{row.at:%H:%M}", row.kind) for row in timeline.rows] == [
        ("14:02", Kind.DEPLOY_STARTED),
        ("14:05", Kind.POD_TERMINATED),
        ("14:06", Kind.ALERT_FIRING),
        ("14:12", Kind.NOTE),
        ("14:18", Kind.ROLLBACK_STARTED),
        ("14:22", Kind.ROLLBACK_COMPLETED),
        ("14:22", Kind.ERRORS_FELL),
        ("14:23", Kind.ALERT_RESOLVED),
    ]
    texts = [row.text for row in timeline.rows]
    assert texts[1] == "Old pods of checkout terminated (6 of 6), complete according to CI/CD"
    assert "Rollback of checkout from 1.5.0 to 1.4.9" in texts[4]
    assert texts[5] == "Rollback of checkout to 1.4.9 complete according to CI/CD"


@pytest.mark.parametrize("type_", ["loki-events", rarely("elasticsearch-events")])
def test_what_is_fetched_tells_as_much(type_: str, objects: Objects) -> None:
    kept = [update for each in objects if each["kind"] == "Event" for update in updates(each)]
    store = (
        Loki([alloy(each) for each in kept])
        if type_ == "loki-events"
        else Elasticsearch([("kube-events-1", f"{number}", exported(each)) for number, each in enumerate(kept)])
    )
    with serving(store) as url:
        tenant = {"org_id": TENANT} if type_ == "loki-events" else {}
        stored = build("shipped", type_, {"url": url, **tenant}, Scrubber())
        fetched = list(stored.fetch(WINDOW, Deadline(60)))
    told = list(stored.read([each for each in fetched if isinstance(each, Document)], WINDOW))
    assert set(limits([*fetched, *told])) <= set(NATURE)
    rolled = rollouts(of_checkout([each for each in told if isinstance(each, Event)]))
    assert [(each.started.kind, len(each.terminated)) for each in rolled] == [
        (Kind.ROLLOUT_STARTED, 6),
        (Kind.ROLLBACK_STARTED, 6),
    ]
