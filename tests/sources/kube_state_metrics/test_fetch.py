"""What is asked of Prometheus."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace

from collector.event import Event
from collector.source import Deadline, Document, Gap
from sources.kube_state_metrics.metrics import METRICS
from sources.registry import SettingsError, check
from tests.collector.build import WINDOW
from tests.examples import rarely
from tests.servers.process import require
from tests.servers.prometheus import prometheus
from tests.sources.kube_state_metrics.answers import ksm
from tests.sources.kube_state_metrics.derived import series
from tests.sources.prometheus.samples import openmetrics
from tests.sources.prometheus.server import Reply, Server, error, ok


@pytest.mark.parametrize("renamed", [rarely(False), True])
def test_only_the_namespaces_asked_for_are_read_whatever_their_label_is_called(renamed: bool, tmp_path: Path) -> None:
    sampled = [one for one in series() if one.labels["namespace"] in ("shop", "payments")]
    if renamed:
        ours = {"namespace": "monitoring"}
        sampled = [
            replace(one, labels=one.labels | {"exported_namespace": one.labels["namespace"]} | ours) for one in sampled
        ]
    require("prometheus", "promtool")
    with prometheus(tmp_path, openmetrics(sampled)) as url:
        source = ksm(url, namespaces=["payments", "identity"])
        given = list(source.fetch(WINDOW, Deadline(60)))
    documents = [each for each in given if isinstance(each, Document)]
    assert len(documents) == len(given)
    events = [each for each in source.read(documents, WINDOW) if isinstance(each, Event)]
    assert {event.subject.namespace for event in events} == {"payments"}


def test_a_metric_with_too_many_series_is_left_out_and_one_bad_answer_costs_only_itself() -> None:
    asked: list[str] = []

    def reply(path: str, _: object) -> Reply:
        if "/label/" in path:
            return ok([metric.name for metric in METRICS[:4]])
        query = parse_qs(urlsplit(path).query)["query"][0]
        asked.append(query)
        if query.startswith("count("):
            many = "9000" if "kube_pod_created" in query else "3"
            return ok({"resultType": "vector", "result": [{"metric": {}, "value": [1, many]}]})
        if "kube_replicaset_owner" in query:
            return error(422, "execution", "query processing would load too many samples into memory")
        return ok({"resultType": "matrix", "result": []})

    with Server(reply) as server:
        given = list(ksm(server.url).fetch(WINDOW, Deadline(30)))
    assert [query for query in asked if query.startswith("kube_pod_created")] == []
    assert len([query for query in asked if query.startswith("kube_replicaset_spec_replicas[1800s]")]) == 3
    refused = [each for each in given if isinstance(each, Gap)]
    assert [("422" in gap.reason, "shorter" in gap.hint) for gap in refused] == [(True, True)]
    documents = [each for each in given if isinstance(each, Document)]
    reasons = [each.reason for each in ksm().read(documents, WINDOW) if isinstance(each, Gap)]
    assert "kube_pod_created: 9000 series, more than the 5000 that are read" in reasons


def test_where_there_are_no_such_metrics_that_is_said() -> None:
    with Server(lambda path, _: ok([])) as server:
        documents = list(ksm(server.url).fetch(WINDOW, Deadline(30)))
    told = list(ksm().read([each for each in documents if isinstance(each, Document)], WINDOW))
    assert [each.reason for each in told if isinstance(each, Gap)] == ["none of its metrics exists here"]


@pytest.mark.parametrize(
    "wrong", [{"namespaces": ["a.*"]}, {"namespaces": []}, {"ratios": []}, {"url": "https://me:secret@host"}]
)
def test_settings_are_those_of_the_connection(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsError) as refused:
        check("kube-state-metrics", {"url": "https://host", **wrong})
    assert "secret" not in str(refused.value)
