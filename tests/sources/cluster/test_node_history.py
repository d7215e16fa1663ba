"""What became of a node."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collector.event import Kind
from sources.cluster.node_history import BOOT, CORDON_STATE, NO, PRESENCE, YES, NodeHistory, NodeState, node_states
from sources.fact import Moment

BEGIN = datetime(2026, 4, 1, 14, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def exactly(seconds: float) -> Moment:
    return Moment(at(seconds), at(seconds))


def state(kind: str, status: str, since: float, heard: float, message: str = "") -> dict[str, Any]:
    return {
        "type": kind,
        "status": status,
        "message": message,
        "lastTransitionTime": f"{at(since):%Y-%m-%dT%H:%M:%SZ}",
        "lastHeartbeatTime": f"{at(heard):%Y-%m-%dT%H:%M:%SZ}",
    }


def told(history: NodeHistory[None]) -> list[tuple[Kind, str, float, float]]:
    return [
        (
            each.fact.kind,
            each.fact.merge_key.removeprefix("prod/Node/n1/"),
            (each.when.earliest - BEGIN).total_seconds(),
            (each.when.latest - BEGIN).total_seconds(),
        )
        for each in history.occurrences()
    ]


def test_a_kubelet_that_is_not_heard_of_fell_silent_since_it_last_was() -> None:
    history = NodeHistory[None]("prod", "n1")
    for sight in node_states({"status": {"conditions": [state("Ready", "Unknown", 100, 55)]}}):
        history.add(sight, exactly(200), None)
    (lost,) = history.occurrences()
    assert told(history) == [(Kind.NODE_NOT_READY, "not ready", 55, 101)]
    assert "not heard of" in lost.fact.words
    assert lost.at == at(100), "it is noticed then"


def test_a_node_that_shuts_down_says_so_and_is_not_ready() -> None:
    history = NodeHistory[None]("prod", "n1")
    down = state("Ready", "False", 100, 100, "container runtime is down, node is shutting down")
    for condition in (state("Ready", "True", 10, 90), down, state("Ready", "True", 160, 160)):
        for sight in node_states({"status": {"conditions": [condition]}}):
            history.add(sight, exactly(170), None)
    assert told(history) == [
        (Kind.NODE_READY, "ready", 10, 11),
        (Kind.NODE_NOT_READY, "not ready", 100, 101),
        (Kind.NODE_READY, "ready", 160, 161),
        (Kind.NODE_CHANGED, "shut down", 100, 101),
    ]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        (CORDON_STATE, (NO, YES, NO), ["cordoned", "uncordoned"]),
        (CORDON_STATE, (YES, NO), ["uncordoned"]),
        (CORDON_STATE, (NO, NO), []),
        ("DiskPressure", (NO, YES, NO), ["DiskPressure", "no DiskPressure"]),
        ("DiskPressure", (YES, "Unknown", NO), []),
        (BOOT, ("a", "b"), ["rebooted"]),
        (PRESENCE, (YES, NO), ["removed"]),
    ],
)
def test_two_looks_show_a_change_between_them(name: str, values: tuple[str, ...], expected: list[str]) -> None:
    history = NodeHistory[None]("prod", "n1")
    for number, value in enumerate(values):
        history.add(NodeState(name, value, None), exactly(30 * number), None)
    found = told(history)
    assert [word for _, word, *_ in found] == expected
    assert all(latest - earliest == 30 for *_, earliest, latest in found)


def test_what_tools_set_on_a_node_is_a_trouble_unless_it_is_how_a_node_settles_or_a_state_that_is_good() -> None:
    conditions = [
        state("ReadonlyFilesystem", "True", 3600, 3700, "remounted read-only"),
        state("KernelDeadlock", "False", 3600, 3700),
        state("StorageReady", "False", 3610, 3700),
        state("NetworkingReady", "True", 3610, 3700),
        state("EtcdIsVoter", "True", 3610, 3700),
        state("NetworkUnavailable", "True", 5, 3700),
    ]
    made = {"metadata": {"creationTimestamp": f"{BEGIN:%Y-%m-%dT%H:%M:%SZ}"}, "status": {"conditions": conditions}}
    history = NodeHistory[None]("prod", "n1")
    for sight in node_states(made):
        history.add(sight, exactly(3700), None)
    found = list(history.occurrences())
    assert [(each.fact.words, (each.at - BEGIN).total_seconds()) for each in found] == [
        ("Node n1 reports ReadonlyFilesystem (remounted read-only)", 3600),
        ("Node n1 no longer reports StorageReady", 3610),
    ]
