"""Workloads that were gone while they were recorded."""

import json
from collections.abc import Sequence
from typing import Any

from collector.event import Event, Kind
from collector.secrets import Scrubber
from collector.source import Document
from sources.registry import build
from tests.sources.kubernetes.cluster import WINDOW, at, meta, stamp
from tests.sources.recorder.versions import document

Json = dict[str, Any]


def deployment(name: str, **more: Any) -> Json:
    return {"metadata": {**meta("Deployment", name, at(-900)), **more}, "spec": {"replicas": 2}}


def span(since: float, until: float, resource: str = "deployments") -> Json:
    times = {"since": at(since).isoformat(), "until": at(until).isoformat()}
    return {"cluster": "prod", "resource": resource, "namespace": "", "lacks": "", **times}


def deletions(*versions: tuple[float, str, Json], spans: Sequence[Json] = ()) -> list[Event]:
    source = build("recorded", "recorder", {"store": "sqlite:////unused"}, Scrubber())
    body = json.dumps({"clusters": [{"name": "prod", "forgotten": None, "why": ""}], "spans": spans})
    store = Document("store", "store", at(2000), body)
    found = source.read([store, document("deployments", versions)], WINDOW)
    return [each for each in found if isinstance(each, Event) and each.kind == Kind.WORKLOAD_DELETED]


def test_a_deployment_was_deleted_between_when_it_was_last_there_and_when_it_was_gone() -> None:
    web, api = deployment("web"), deployment("api")
    (event,) = deletions((10, "ADDED", web), (20, "ADDED", api), (60, "MODIFIED", web), (300, "DELETED", web))
    assert (event.summary, event.earliest, event.at) == ("Deployment web was deleted", at(60), at(300))
    assert (event.subject.workload, event.merge_key) == ("Deployment/web", "prod/shop/Deployment/web/deleted")


def test_a_deployment_that_waited_for_its_pods_was_deleted_when_somebody_asked_for_it() -> None:
    web = deployment("web")
    asked = deployment("web", deletionTimestamp=stamp(at(100)), finalizers=["foregroundDeletion"])
    (event,) = deletions((10, "ADDED", web), (100.5, "MODIFIED", asked), (160, "DELETED", asked))
    assert (event.earliest, event.at, event.latest) == (at(100), at(100), at(101))


def test_where_a_watch_reported_the_end_the_object_was_there_when_the_watch_began() -> None:
    web = deployment("web")
    spans = [span(-900, 100), span(200, 900), span(250, 900, "pods"), span(310, 900)]
    (event,) = deletions((-900, "ADDED", web), (300, "DELETED", web), spans=spans)
    assert (event.earliest, event.at) == (at(200), at(300))
    (event,) = deletions((-900, "ADDED", web), (300, "VANISHED", web), spans=spans)
    assert event.earliest == at(-900), "a list shows it, and that it was gone since the one before"
