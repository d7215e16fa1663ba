"""The recorded incident, as the API server gives it."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.event import Event, Kind
from collector.merge import Occurrence, merge
from collector.secrets import Scrubber
from collector.source import Document, Gap
from collector.window import Window
from sources.kubernetes import KubernetesSettings, KubernetesSource

RECORDED = Path(__file__).parents[3] / "fixtures" / "checkout-incident" / "kubernetes.json.gz"
WINDOW = Window(datetime(2026, 4, 1, 14, 0, tzinfo=UTC), datetime(2026, 4, 1, 14, 30, tzinfo=UTC))
KINDS = {"events": "Event", "pods": "Pod", "replicasets": "ReplicaSet", "deployments": "Deployment"}


@pytest.fixture(scope="module")
def objects() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(gzip.decompress(RECORDED.read_bytes()))
    return found


@pytest.fixture(scope="module")
def given(objects: list[dict[str, object]]) -> list[Event | Gap]:
    documents = [
        Document(call, "GET", WINDOW.end, json.dumps({"items": [each for each in objects if each["kind"] == kind]}))
        for call, kind in KINDS.items()
    ]
    return list(KubernetesSource("k8s", KubernetesSettings(), Scrubber()).read(documents, WINDOW))


@pytest.fixture(scope="module")
def facts(given: list[Event | Gap]) -> list[Occurrence]:
    return [
        fact
        for fact in merge(each for each in given if isinstance(each, Event))
        if WINDOW.overlaps(fact.best.at, fact.best.at)
    ]


def near(told: datetime, expected: str) -> bool:
    """Recording the incident anew moves its times by seconds."""
    return abs(told - datetime.fromisoformat(f"2026-04-01T{expected}Z")) <= timedelta(seconds=6)


def test_the_rollout_and_the_rollback_of_checkout(facts: list[Occurrence]) -> None:
    kinds = (Kind.ROLLOUT_STARTED, Kind.ROLLOUT_COMPLETED, Kind.ROLLBACK_STARTED, Kind.ROLLBACK_COMPLETED)
    told = [fact.best for fact in facts if fact.service == "checkout" and fact.kind in kinds]
    assert [(each.kind, each.keys.version, each.keys.replaces) for each in told] == [
        (Kind.ROLLOUT_STARTED, "1.5.0", "1.4.9"),
        (Kind.ROLLOUT_COMPLETED, "1.5.0", "1.4.9"),
        (Kind.ROLLBACK_STARTED, "1.4.9", "1.5.0"),
        (Kind.ROLLBACK_COMPLETED, "1.4.9", "1.5.0"),
    ]
    expected = ("14:02:50", "14:05:02", "14:20:00", "14:22:10")
    assert all(near(each.at, time) for each, time in zip(told, expected, strict=True))
    assert len({each.keys.commit for each in told}) == 2
    assert all(len(each.keys.commit) == 40 for each in told)
    assert {each.numbers["replicas"] for each in told} == {6}
    assert len({each.keys.revision for each in told}) == 2


@pytest.mark.parametrize(
    ("kind", "version", "batches"),
    [
        (Kind.POD_READY, "1.5.0", ("14:03:25", "14:04:31")),
        (Kind.POD_TERMINATED, "1.4.9", ("14:03:56", "14:05:02")),
        (Kind.POD_READY, "1.4.9", ("14:20:34", "14:21:39")),
        (Kind.POD_TERMINATED, "1.5.0", ("14:21:05", "14:22:10")),
    ],
)
def test_all_pods_of_checkout(facts: list[Occurrence], kind: Kind, version: str, batches: tuple[str, str]) -> None:
    told = [fact.best for fact in facts if (fact.service, fact.kind) == ("checkout", kind)]
    told = [each for each in told if each.keys.version == version]
    assert len({each.subject.pod for each in told}) == len(told) == 6
    assert all(near(each.at, batches[index // 3]) for index, each in enumerate(told))
    assert kind == Kind.POD_TERMINATED or {each.numbers["of"] for each in told} == {6}


def test_nothing_is_made_of_the_noise(
    facts: list[Occurrence], given: list[Event | Gap], objects: list[dict[str, object]]
) -> None:
    starts = [fact.best for fact in facts if fact.kind in (Kind.ROLLOUT_STARTED, Kind.ROLLBACK_STARTED)]
    assert [(each.subject.service, each.keys.version, each.keys.replaces) for each in starts] == [
        ("checkout", "1.5.0", "1.4.9"),
        ("search", "2.3.1", "2.3.0"),
        ("fraud-scoring", "2026.3.2", "2026.3.2"),
        ("checkout", "1.4.9", "1.5.0"),
    ]
    assert starts[2].summary.startswith("Restart of fraud-scoring")
    assert not [each for each in given if isinstance(each, Gap)]
    events = [each for each in given if isinstance(each, Event)]
    told = [item["metadata"]["uid"] for item in objects if item["kind"] == "Event"]  # type: ignore[index]  # recorded JSON
    ids = [each.native_id for each in events]
    assert len(told) >= 500
    assert all(ids.count(uid) == 1 for uid in told), "every Event object is one Event"
