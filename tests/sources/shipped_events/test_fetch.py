"""Everything around the window is asked for, however the stores page, and nothing that may be secret is kept."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, Document, Gap, SourceError
from collector.window import Window
from sources.elasticsearch_events import ElasticsearchEventsSettings, ElasticsearchEventsSource
from sources.loki_events import LokiEventsSettings, LokiEventsSource
from sources.paging import MAX_PAGES, Page, pages
from tests.examples import examples, rarely
from tests.servers.elasticsearch import Elasticsearch
from tests.servers.loki import TENANT, Loki
from tests.servers.web import serving
from tests.sources.shipped_events.shapes import (
    EXPORTER_QUERY,
    SELECTOR,
    alloy,
    described,
    exported,
    exported_line,
    watched,
)

WINDOW = Window(datetime(2026, 4, 1, 14, 0, tzinfo=UTC), datetime(2026, 4, 1, 14, 30, tzinfo=UTC))
START = datetime(2026, 4, 1, 13, 0, tzinfo=UTC)
TOKEN = "canary-0123456789"
Given = list[Document | Gap]


def event(n: int, at: datetime, reason: str = "Killing", *, exact: bool = False, **more: Any) -> dict[str, Any]:
    stamp = f"{at:%Y-%m-%dT%H:%M:%S}Z"
    return {
        "metadata": {"name": f"pod-{n}.18a2", "namespace": "shop", "uid": f"uid-{n}", "creationTimestamp": stamp},
        "involvedObject": {"kind": "Pod", "namespace": "shop", "name": f"pod-{n}"},
        "reason": reason,
        "message": "Stopping container app",
        "source": {"component": "kubelet"},
        "firstTimestamp": None if exact else stamp,
        "lastTimestamp": None if exact else stamp,
        "eventTime": at.isoformat().replace("+00:00", "Z") if exact else None,
        "count": 1,
        **more,
    }


def from_loki(loki: Loki, scrubber: Scrubber | None = None, **settings: Any) -> tuple[LokiEventsSource, Given]:
    with serving(loki) as url:
        configured = LokiEventsSettings.model_validate({"url": url, "org_id": TENANT, **settings})
        source = LokiEventsSource("mine", configured, scrubber or Scrubber())
        return source, list(source.fetch(WINDOW, Deadline(60)))


def from_search(
    store: Elasticsearch, scrubber: Scrubber | None = None, **settings: Any
) -> tuple[ElasticsearchEventsSource, Given]:
    with serving(store) as url:
        configured = ElasticsearchEventsSettings.model_validate({"url": url, **settings})
        source = ElasticsearchEventsSource("mine", configured, scrubber or Scrubber())
        return source, list(source.fetch(WINDOW, Deadline(60)))


def names(source: LokiEventsSource | ElasticsearchEventsSource, fetched: Given) -> list[str]:
    """The pods that are told of, one by one."""
    documents = [each for each in fetched if isinstance(each, Document)]
    told = source.read(documents, WINDOW)
    return sorted(each.summary.split("/")[-1].rstrip(")") for each in told if isinstance(each, Event))


def gaps(fetched: Given) -> list[Gap]:
    return [each for each in fetched if isinstance(each, Gap)]


def many() -> list[dict[str, Any]]:
    """Some each second, very many in one, and each recorder's kind of time."""
    spread = [event(n, START + timedelta(seconds=n), exact=n % 3 == 0) for n in range(2600)]
    at_once = [event(n, START + timedelta(minutes=50)) for n in range(3000, 5000)]
    return [*spread, *at_once]


def outside() -> list[dict[str, Any]]:
    late, early = WINDOW.end + timedelta(hours=1), START - timedelta(hours=5)
    step = event(9000, early, "ScalingReplicaSet", message="Scaled up replica set a-1 to 3")
    return [event(9001, late), event(9002, early), step]


def expected() -> list[str]:
    return sorted(each["involvedObject"]["name"] for each in [*many(), outside()[2]])


@pytest.mark.parametrize("max_entries", [rarely(5000), 2500])
def test_loki_is_paged_to_the_end(max_entries: int) -> None:
    loki = Loki([alloy(each) for each in [*many(), *outside()]], max_entries)
    source, fetched = from_loki(loki)
    assert gaps(fetched) == []
    assert names(source, fetched) == expected()
    assert {asked["direction"] for asked in loki.asked} == {"forward"}
    assert [asked["query"] for asked in loki.asked[:2]] == [
        f'{SELECTOR} |= "ScalingReplicaSet"',
        SELECTOR,
    ]
    assert len(loki.asked) < 20


@pytest.mark.thorough
def test_more_lines_at_one_nanosecond_than_are_ever_given_is_a_gap_and_loses_nothing_else() -> None:
    loki = Loki([alloy(each) for each in many()], max_entries=1500)
    source, fetched = from_loki(loki)
    assert [gap.reason for gap in gaps(fetched)] == ["events: so many at one moment that some of them were left out"]
    told = names(source, fetched)
    assert {f"pod-{n}" for n in range(2600)} <= set(told)
    assert len(told) >= 2600 + 1500


@pytest.mark.thorough
def test_a_search_is_paged_to_the_end_whichever_time_a_document_has() -> None:
    documents = [("kube-events-2026-04-01", f"{n}", exported(each)) for n, each in enumerate([*many(), *outside()])]
    store = Elasticsearch(documents)
    source, fetched = from_search(store)
    assert gaps(fetched) == []
    assert names(source, fetched) == expected()
    assert len(store.asked) < 30


def test_one_question_selects_one_cluster() -> None:
    ours, theirs = exported(event(1, START)), {**exported(event(2, START)), "clusterName": "staging"}
    store = Elasticsearch([("kube-events-1", "1", ours), ("kube-events-1", "2", theirs), ("other", "3", ours)])
    source, fetched = from_search(store, query="clusterName:production")
    assert names(source, fetched) == ["pod-1"]


def test_what_may_be_secret_is_not_kept() -> None:
    _, lines = from_loki(Loki([exported_line(event(1, START))]), format="event-exporter", query=EXPORTER_QUERY)
    _, found = from_search(Elasticsearch([("kube-events-1", "1", exported(event(1, START)))]))
    for fetched in (lines, found):
        assert "pod-1" in repr(fetched)
        assert "hunter2" not in repr(fetched)


@pytest.mark.parametrize(
    ("username", "scheme", "header"),
    [
        ("", "ApiKey", f"ApiKey {TOKEN}"),
        ("", "Bearer", f"Bearer {TOKEN}"),
        ("me", "ApiKey", "Basic bWU6Y2FuYXJ5LTAxMjM0NTY3ODk="),
    ],
)
def test_credentials(username: str, scheme: str, header: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", TOKEN)
    scrubber, store, loki = Scrubber(), Elasticsearch([]), Loki([])
    _, found = from_search(store, scrubber, username=username, scheme=scheme, token_env="TOKEN")
    _, lines = from_loki(loki, scrubber, username=username, token_env="TOKEN")
    assert {sent["authorization"] for sent in store.headers} == {header}
    assert {sent["authorization"] for sent in loki.headers} == {header.replace("ApiKey", "Bearer")}
    assert TOKEN not in repr(found) + repr(lines)
    assert TOKEN not in scrubber.scrub(f"{TOKEN} {header}")
    assert header.split()[1] not in scrubber.scrub(header)


@pytest.mark.parametrize(
    ("store", "said"),
    [
        (Elasticsearch([]), "no index has the name asked for"),
        (Elasticsearch([("kube-events-1", "1", exported(event(1, START)))], timed_out=True), "the search timed out"),
        (
            Elasticsearch(
                [("kube-events-1", "1", exported(event(1, START)))],
                shards={"total": 5, "failed": 2, "failures": [{"reason": {"reason": "node\nleft"}}]},
            ),
            "the answer is partial, 2 of 5 shards failed: node left",
        ),
        (
            Elasticsearch(
                [("kube-events-1", "1", exported(event(1, START)))],
                clusters={
                    "total": 2,
                    "successful": 1,
                    "skipped": 1,
                    "details": {"(local)": {"status": "successful"}, "paris": {"status": "skipped"}},
                },
            ),
            "the answer is partial, it lacks 1 of 2 clusters or parts of them: paris",
        ),
        (
            Elasticsearch(
                [("kube-events-1", "1", exported(event(1, START)))],
                clusters={"total": 3, "successful": 2, "skipped": 1},
            ),
            "it lacks 1 of 3 clusters",
        ),
    ],
)
def test_a_partial_answer_is_a_gap(store: Elasticsearch, said: str) -> None:
    source, fetched = from_search(store)
    told = list(source.read([each for each in fetched if isinstance(each, Document)], WINDOW))
    assert len([each for each in told if isinstance(each, Gap) and said in each.reason]) == 1


class _Garbled(Loki):
    """Each answer has two streams that are none."""

    def __call__(self, path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, Any]:
        status, body = super().__call__(path, params, headers)
        return status, {**body, "data": {**body["data"], "result": [None, {"values": 5}, *body["data"]["result"]]}}


def test_streams_that_are_none_are_counted() -> None:
    source, fetched = from_loki(_Garbled([alloy(event(1, START))]))
    assert [gap.reason for gap in gaps(fetched)] == [
        f"{call} of Loki: 2 of its streams could not be read and were left out" for call in ("steps", "events")
    ]
    assert names(source, fetched) == ["pod-1"]


def test_warnings_of_loki_are_gaps() -> None:
    body = {"warnings": ["max series\nreached"], "data": {"resultType": "streams", "result": []}}
    document = Document("events", "GET", WINDOW.end, json.dumps(body))
    source = LokiEventsSource("mine", LokiEventsSettings(url="http://loki"), Scrubber())
    told = list(source.read([document, document], WINDOW))
    assert [gap.reason for gap in told if isinstance(gap, Gap)] == [
        "no Events at all around the window",
        "Loki warns: max series reached",
    ]


@pytest.mark.parametrize(
    ("settings", "kind", "said"),
    [
        ({"org_id": ""}, Denied, "tenants"),
        ({"query": "job=nothing"}, BadAnswer, "parse error"),
        ({"url_path": "/loki"}, BadAnswer, "404"),
    ],
)
def test_what_loki_refuses_says_why(settings: dict[str, str], kind: type[SourceError], said: str) -> None:
    path = settings.pop("url_path", "")
    with serving(Loki([])) as url:
        configured = LokiEventsSettings.model_validate({"url": url + path, "org_id": TENANT, **settings})
        with pytest.raises(kind, match=said):
            list(LokiEventsSource("mine", configured, Scrubber()).fetch(WINDOW, Deadline(60)))


def test_what_a_search_refuses_says_why() -> None:
    with pytest.raises(BadAnswer, match=r"404: no such index \[events\]"):
        from_search(Elasticsearch([]), index="events")
    with pytest.raises(BadAnswer, match="400: Result window is too large"):
        from_search(Elasticsearch([], window=500))


@pytest.mark.parametrize(
    ("model", "wrong"),
    [
        (LokiEventsSettings, {"fields": {"resaon": "why"}}),
        (LokiEventsSettings, {"format": "event-exporter"}),
        (LokiEventsSettings, {"org_id": "a\nb"}),
        (LokiEventsSettings, {"url": "http://me:secret@loki"}),
        (LokiEventsSettings, {"username": "me"}),
        (ElasticsearchEventsSettings, {"index": "a/b"}),
        (
            ElasticsearchEventsSettings,
            {"fields": dict.fromkeys(("series_last", "last", "time", "first", "created"), "")},
        ),
    ],
)
def test_settings_that_cannot_work_are_refused(
    model: type[LokiEventsSettings | ElasticsearchEventsSettings], wrong: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        model.model_validate({"url": "http://store", **wrong})


@examples(13)
@given(st.lists(st.integers(0, 12), max_size=40), st.integers(1, 8), st.randoms())
def test_every_item_is_reached_or_told_of(times: list[int], most: int, random: Any) -> None:
    items = list(enumerate(times))
    reached: set[int] = set()

    def ask(start: int, limit: int) -> Page:
        ours = [item for item in items if item[1] >= start]
        random.shuffle(ours)
        given_ = sorted(ours, key=lambda item: item[1])[:limit]
        reached.update(number for number, _ in given_)
        return Page(Document("x", "", WINDOW.end, ""), [at for _, at in given_], cut=len(given_) >= limit)

    told = list(pages(ask, "x", 0, (1, most)))
    assert len(reached) == len(items) or any(isinstance(each, Gap) for each in told)
    assert len(reached) == len(items) or max(times.count(at) for at in times) >= most
    assert len(told) <= MAX_PAGES


def test_a_store_whose_pages_never_end_is_left() -> None:
    def ask(start: int, limit: int) -> Page:
        return Page(Document("x", "", WINDOW.end, ""), [start + 1] * limit, cut=True)

    told = list(pages(ask, "x", 0, (10,)))
    assert len(told) == MAX_PAGES + 1
    assert isinstance(told[-1], Gap)


COLLECTOR = "logs-kubernetes.otel-default"


@pytest.mark.parametrize("mode", ["otel", "none"])
@pytest.mark.parametrize("shape", [watched, described])
def test_events_of_a_collector_are_read_from_elasticsearch(shape: Any, mode: str) -> None:
    """Whatever else is in its data stream."""
    secret = {"managedFields": [{"manager": TOKEN}], "annotations": {"a": TOKEN}, "labels": {"b": TOKEN}}
    shipped = [event(n, START + timedelta(minutes=n), exact=n % 2 == 0, type="Normal") for n in range(1, 5)]
    for one in shipped:
        one["metadata"] |= secret
    step = event(9, START - timedelta(hours=5), "ScalingReplicaSet", message="Scaled up replica set a-1 to 3", type="")
    expired = watched(event(7, START, type="Normal"), mode, "DELETED")
    pod = watched({"kind": "Pod", "reason": "Evicted", **event(8, START)}, mode)
    log = {"@timestamp": "2026-04-01T14:05:00Z", "body": {"text": "Started"}, "resource": {"attributes": {}}}
    documents = [shape(one, mode) for one in [*shipped, step]] + [expired, pod, log]
    store = Elasticsearch([(COLLECTOR, f"id-{n}", one) for n, one in enumerate(documents)])
    source, fetched = from_search(store, format="opentelemetry", index="logs-*.otel-*")
    assert names(source, fetched) == ["pod-1", "pod-2", "pod-3", "pod-4", "pod-9"]
    assert TOKEN not in "".join(one.text for one in fetched if isinstance(one, Document))
    found = source.read([one for one in fetched if isinstance(one, Document)], WINDOW)
    told = [one for one in found if isinstance(one, Event)]
    assert [f"{one.at:%H:%M}" for one in told] == ["08:00", "13:01", "13:02", "13:03", "13:04"]
    assert not [one for one in [*fetched, *found] if isinstance(one, Gap)]
