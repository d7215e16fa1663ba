"""Pods that lose their readiness and get it back, as the log of the kubelet's reports tells."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.event import Event, Kind, order
from sources.cluster.inventory import Inventory
from sources.kubernetes_audit.build_inventory import Sizes
from sources.kubernetes_audit.entries import _entry, _in_file
from sources.kubernetes_audit.pods import pod_events
from sources.kubernetes_audit.reduce import reduced
from sources.kubernetes_audit.sets import PodRevisions
from tests.examples import examples
from tests.sources.kubernetes_audit.log import Json, at, controller, entry, lines, told

T = at("14:10:00")
KUBELET = "system:node:n1"
READINESS = (Kind.POD_READY, Kind.POD_UNREADY, Kind.POD_RECOVERED)


def later(seconds: float) -> datetime:
    return T + timedelta(seconds=seconds)


def stamp(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"


def report(
    when: float, ready: bool, since: float | None = None, *, user: str = KUBELET, uid: str = "u", **status: object
) -> Json:
    """A patch of the kubelet's: of a pod it just admitted it has `startTime`."""
    state = {
        "type": "Ready",
        "status": str(ready),
        "lastTransitionTime": stamp(later(when if since is None else since)),
    }
    body = {"metadata": {"uid": uid}, "status": {"conditions": [state], **status}}
    return entry(later(when + 0.2), user, "patch", "pods/status", "db-0", requestObject=body)


def birth(when: float, uid: str = "u") -> Json:
    return report(when, ready=False, uid=uid, startTime=stamp(later(when)))


def events(tmp_path: Path, entries: list[Json]) -> list[tuple[Kind, str]]:
    (tmp_path / "audit.log").write_text(lines(sorted(entries, key=lambda each: each["stageTimestamp"])))
    found: list[Event] = told(tmp_path, cluster="prod")[0]
    assert all(each.merge_key.startswith("prod/shop/Pod/db-0/") for each in found)
    return [(each.kind, f"{each.at:%H:%M:%S}") for each in found if each.kind in READINESS]


READY, LOST, BACK = READINESS


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (
            [birth(0), report(20, True), report(60, False), report(80, True)],
            [(READY, "14:10:20"), (LOST, "14:11:00"), (BACK, "14:11:20")],
        ),
        # The log begins later; it is said once again with another message.
        ([report(60, False), report(64, False, 60), report(80, True)], [(LOST, "14:11:00"), (BACK, "14:11:20")]),
        # It was never ready: other words about the same.
        ([birth(0), report(9, False, 0), report(20, True)], [(READY, "14:10:20")]),
        ([report(30, False, 0), report(40, True)], [(READY, "14:10:40")]),
        # It stops.
        (
            [birth(0), report(20, True), entry(later(50), "dana", "delete", "pods", "db-0"), report(60, False)],
            [(READY, "14:10:20")],
        ),
        # It is another pod that stops being ready, later, of the same name.
        (
            [
                birth(0),
                report(20, True),
                entry(later(50), controller("statefulset"), "delete", "pods", "db-0"),
                report(60, False),
                birth(70, "v"),
                report(90, True, uid="v"),
                report(95, False, uid="v"),
            ],
            [(READY, "14:10:20"), (READY, "14:11:30"), (LOST, "14:11:35")],
        ),
        # It has done its work, or was given up.
        ([birth(0), report(20, True), report(60, False, phase="Succeeded")], [(READY, "14:10:20")]),
        ([birth(0), report(20, True), report(60, False, phase="Failed")], [(READY, "14:10:20")]),
        # Its node was lost: the controller writes the whole status.
        ([report(60, False, user=controller("node"), startTime=stamp(later(-9000)))], [(LOST, "14:11:00")]),
        ([report(60, True)], [(READY, "14:11:00")]),
    ],
)
def test_readiness(entries: list[Json], expected: list[tuple[Kind, str]], tmp_path: Path) -> None:
    assert events(tmp_path, entries) == expected


@examples(25)
@given(
    flaps=st.lists(st.tuples(st.integers(1, 90), st.integers(1, 90)), max_size=5),
    repeats=st.lists(st.integers(0, 9), max_size=3),
    cut=st.integers(0, 8),
    stop=st.booleans(),
)
def test_every_change_is_told_once_wherever_the_log_begins(
    flaps: list[tuple[int, int]], repeats: list[int], cut: int, stop: bool
) -> None:
    time, log, truth = 20, [birth(0), report(20, True)], []
    for up, down in flaps:
        time += up
        log.append(report(time, False))
        truth.append((LOST, later(time)))
        time += down
        log.append(report(time, True))
        truth.append((BACK, later(time)))
    if stop:
        log += [entry(later(time + 5), "dana", "delete", "pods", "db-0"), report(time + 6, False)]
    kept = log[min(cut, 2 * len(flaps) + 1) :]
    for place in repeats:
        copy = kept[place % len(kept)]
        if copy["verb"] == "patch":
            kept.insert(place % len(kept) + 1, {**copy, "auditID": f"again-{place}"})
    entries = [
        each for item in kept if (less := reduced(item)) for each in _entry(lambda i, a: _in_file("f", i, a), less)
    ]
    every = pod_events(entries, Inventory(cluster="prod"), Sizes(entries), PodRevisions(entries), "audit")
    found = sorted((each for each in every if each.kind in (LOST, BACK)), key=order)
    begins = entries[0].at.earliest if entries else T
    expected = [(kind, when) for kind, when in truth if when >= begins - timedelta(seconds=1)]
    # What it became at the cut alone: that it is ready then may be for the first time.
    expected = [one for one in expected if not (one == expected[0] and one[0] == BACK)]
    assert [(each.kind, each.at) for each in found] == expected
