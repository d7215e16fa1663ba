"""Recorded nodes."""

import pytest

from collector.event import Event, Kind
from collector.merge import merge
from collector.secrets import Scrubber
from sources.registry import build
from tests.sources.kubernetes.cluster import WINDOW, at, event
from tests.sources.kubernetes.drains import cordoned, pod_on, stopped
from tests.sources.recorder.versions import document


def test_the_end_of_a_cordon_is_one_fact_whether_the_node_tells_it_or_its_kubelet() -> None:
    free = {"metadata": {"name": "n1", "uid": "n1"}, "spec": {}}
    nodes = [(60.0, "MODIFIED", cordoned("n1", at(60))), (90.0, "MODIFIED", free)]
    said = event("NodeSchedulable", "Node n1 status is now: NodeSchedulable", ("Node", "n1"), at(89))
    source = build("recorded", "recorder", {"store": "sqlite:////unused"}, Scrubber())
    documents = [document("nodes", nodes), document("events", [(89.5, "ADDED", said)])]
    facts = merge(each for each in source.read(documents, WINDOW) if isinstance(each, Event))
    over = [fact for fact in facts if "chedulable" in fact.best.summary or "uncordoned" in fact.best.summary]
    assert [(fact.best.merge_key, len(fact.events)) for fact in over] == [("prod/Node/n1/uncordoned", 2)]


@pytest.mark.parametrize(("when", "drained"), [(70, True), (95, False)])
def test_a_node_that_was_seen_to_be_opened_is_not_drained_by_what_stops_later(when: float, *, drained: bool) -> None:
    free = {"metadata": {"name": "n1", "uid": "n1"}, "spec": {}}
    nodes = [(60.0, "MODIFIED", cordoned("n1", at(60))), (90.0, "MODIFIED", free)]
    documents = [
        document("nodes", nodes),
        document("events", [(when, "ADDED", stopped("a", at(when), "n1"))]),
        document("pods", [(-900.0, "ADDED", pod_on("other", "n2", at(-900)))]),
    ]
    source = build("recorded", "recorder", {"store": "sqlite:////unused"}, Scrubber())
    kinds = [each.kind for each in source.read(documents, WINDOW) if isinstance(each, Event)]
    assert (Kind.NODE_DRAINED in kinds) is drained
