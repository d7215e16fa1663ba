"""A pod of a database that goes away just before something else fails has a row."""

import pytest

from collector.event import Kind
from collector.gather import Gathered
from collector.scope import Scope
from collector.timeline import draft
from tests.collector.build import WINDOW, errors, event


@pytest.mark.parametrize(
    ("clock", "workload", "shown"),
    [
        ("14:03:10", "StatefulSet/postgres", True),
        ("14:03:10", "Deployment/postgres", False),
        ("14:00:10", "StatefulSet/postgres", False),
        ("14:05:00", "StatefulSet/postgres", False),
    ],
)
def test_the_leader_of_a_database(clock: str, workload: str, shown: bool) -> None:
    known = {"service": "postgres", "namespace": "data", "workload": workload, "pod": "postgres-0"}
    gone = event(Kind.POD_TERMINATED, clock, "Pod postgres-0 went away", **known)
    rows = draft(Gathered((*errors("14:03:30", "14:20:00"), gone), ()), WINDOW, Scope()).rows
    assert bool([row for row in rows if "postgres" in row.text]) is shown


@pytest.mark.parametrize(
    ("pod", "named"), [("postgres-0", True), ("postgres-5d8c7f6b9-x7k2p", True), ("postgres-exporter", False)]
)
def test_who_writes_of_a_pod_writes_of_its_service(pod: str, named: bool) -> None:
    known = {"service": "postgres", "namespace": "data", "workload": "StatefulSet/postgres"}
    scaled = event(Kind.SCALED, "14:01:00", "StatefulSet postgres scaled to 3", numbers={"replicas": 3}, **known)
    note = event(Kind.NOTE, "14:07:00", f"Tom: leader {pod} is gone")
    rows = draft(Gathered((*errors("14:03:30", "14:20:00"), scaled, note), ()), WINDOW, Scope()).rows
    assert bool([row for row in rows if row.kind == Kind.SCALED]) is named


@pytest.mark.parametrize(
    ("workload", "words"),
    [
        ("StatefulSet/postgres", "it makes no progress"),
        ("DaemonSet/postgres", "it makes no progress"),
        ("Deployment/postgres", "it made no progress within its deadline"),
    ],
)
def test_only_what_has_a_progress_deadline_exceeds_it(workload: str, words: str) -> None:
    known = {"service": "postgres", "namespace": "data", "workload": workload}
    begun = event(Kind.ROLLOUT_STARTED, "14:03:00", version="16.1", **known)
    stuck = event(Kind.ROLLOUT_STUCK, "14:13:00", **known)
    rows = draft(Gathered((begun, stuck), ()), WINDOW, Scope()).rows
    assert [row.text.partition(": ")[2] for row in rows if row.kind == Kind.ROLLOUT_STUCK] == [words]
