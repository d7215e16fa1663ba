"""What is reported of a node says nothing twice."""

from sources.cluster.facts.nodes import node_not_ready


def test_the_event_that_a_node_is_not_ready_adds_nothing_to_it() -> None:
    fact = node_not_ready("", "n1", "NodeNotReady: Node n1 status is now: NodeNotReady")
    assert fact.words == "Node n1 is not ready"


def test_why_a_node_is_not_ready_is_kept() -> None:
    fact = node_not_ready("", "n1", "KubeletNotReady: container runtime is down")
    assert fact.words == "Node n1 is not ready (KubeletNotReady: container runtime is down)"
