"""Nodes that report a problem, and the pods that fail on them."""

import pytest

from collector.event import Event, Kind
from tests.collector.build import at, errors, event
from tests.collector.checkout_incident import drafted, told

CART = {"service": "cart", "namespace": "shop", "workload": "Deployment/cart"}
WORDS = "14:02 Node n-1.example.com reports ReadonlyFilesystem (FilesystemIsReadOnly: remounted)"


def read_only(clock: str = "14:02:00", node: str = "n-1.example.com") -> Event:
    words = f"Node {node} reports ReadonlyFilesystem (FilesystemIsReadOnly: remounted)"
    about = {"workload": f"Node/{node}", "merge_key": f"/Node/{node}/ReadonlyFilesystem"}
    return event(Kind.NODE_CHANGED, clock, words, **about)


def drained(clock: str, node: str = "n-1.example.com") -> Event:
    about = {"workload": f"Node/{node}", "merge_key": f"/Node/{node}/drained"}
    return event(Kind.NODE_DRAINED, clock, f"Node {node} is drained: 4 pods stopped since it was cordoned", **about)


def loops(*nodes: str, clock: str = "14:03:00") -> list[Event]:
    return [
        event(
            Kind.POD_CRASH_LOOP,
            clock,
            f"Pod cart-{place}: container cart crashes again and again (BackOff)",
            seconds=600,
            pod=f"cart-{place}",
            node=node,
            **CART,
        )
        for place, node in enumerate(nodes)
    ]


def test_a_node_that_reports_a_problem_before_pods_fail_on_it_has_a_row_and_so_has_its_drain() -> None:
    pods = loops("n-1.example.com", "n-1.example.com")
    found = told(drafted(read_only(), *pods, drained("14:15:00"), *errors("14:03:10", "14:15:10", **CART)))
    assert WORDS in found
    assert "14:15 Node n-1.example.com is drained: 4 pods stopped since it was cordoned" in found
    assert any(row.startswith("14:03 Containers of cart crash again and again: in 2 pods") for row in found)


@pytest.mark.parametrize(
    ("problem", "nodes"),
    [
        (read_only("13:31:00"), ("n-1.example.com",)),
        (read_only("14:08:00"), ("n-1.example.com",)),
        (read_only(), ("n-2.example.com", "n-3.example.com", "n-1.example.com")),
        (read_only(), ("",)),
    ],
    ids=["long before", "after", "most fail elsewhere", "nobody knows where"],
)
def test_a_node_has_no_row_if_pods_fail_at_another_time_or_elsewhere(problem: Event, nodes: tuple[str, ...]) -> None:
    found = told(drafted(problem, *loops(*nodes), drained("14:15:00"), *errors("14:03:10", None, **CART)))
    assert not [row for row in found if "Node n-1" in row]


@pytest.mark.parametrize("name", ["n-1", "n-1.example.com"])
def test_a_note_names_a_node_with_or_without_its_domain_as_the_cause(name: str) -> None:
    text = f"Ola: {name} has a read-only root disk, draining it"
    note = event(Kind.NOTE, "14:10:00", text, seconds=60, source="notes")
    timeline = drafted(read_only(), *loops("n-1.example.com"), note, *errors("14:03:10", None, **CART))
    found = next(phase for phase in timeline.phases if phase.name == "identified")
    assert found.at == at("14:10:00")


def node_event(kind: Kind, clock: str, words: str, key: str, node: str = "n-1") -> Event:
    about = {"workload": f"Node/{node}", "merge_key": f"/Node/{node}/{key}"}
    return event(kind, clock, f"Node {node} {words}", native_id=f"{node} {key} {clock}", **about)


@pytest.mark.parametrize("reported", ["14:05:10", "14:05:12"])
def test_the_reboot_that_brings_a_node_back_is_in_the_row_of_its_loss(reported: str) -> None:
    lost = node_event(Kind.NODE_NOT_READY, "14:02:00", "is not ready", "not ready")
    ready = node_event(Kind.NODE_READY, "14:05:11", "is ready", "ready")
    rebooted = node_event(Kind.NODE_CHANGED, reported, "was rebooted (Rebooted: boot id: 7)", "rebooted")
    assert told(drafted(lost, rebooted, ready)) == ["14:02 Node n-1 is not ready, rebooted, ready again at 14:05"]
    later = node_event(Kind.NODE_CHANGED, "14:20:00", "was rebooted (Rebooted: boot id: 8)", "rebooted")
    assert told(drafted(lost, ready, later))[0] == "14:02 Node n-1 is not ready, ready again at 14:05"


def test_a_cordoned_node_has_no_row_because_a_pod_on_it_is_not_ready() -> None:
    cordoned = node_event(Kind.NODE_CHANGED, "14:02:00", "is cordoned", "cordoned")
    unready = [
        event(Kind.POD_UNREADY, "14:04:00", "Pod is not ready", pod=f"cart-{place}", node="n-1", seconds=300, **CART)
        for place in range(3)
    ]
    found = told(drafted(cordoned, *unready, *errors("14:04:10", None, **CART)))
    assert not [row for row in found if "Node n-1" in row]
