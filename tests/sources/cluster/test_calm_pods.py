"""A pod that is passed over at a glance is one of which nothing would be reported if it were looked at in full."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from collector.json_text import encode
from sources.cluster.inference.pods import Recorded, instance
from sources.cluster.inventory import Inventory, Pod
from sources.cluster.pod_status import is_calm
from sources.cluster.pods import pod_events
from sources.fact import Moment

_START = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)


def stamp(minutes: int) -> str:
    return f"{_START + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def mostly(usual: object, *others: object) -> st.SearchStrategy[Any]:
    return st.sampled_from([usual, usual, usual, *others])


STAMPS = st.integers(0, 60).map(stamp)
RUNNING = st.fixed_dictionaries({"running": st.fixed_dictionaries({"startedAt": STAMPS})})
ENDED = st.fixed_dictionaries(
    {
        "terminated": st.fixed_dictionaries(
            {
                "exitCode": mostly(0, 1, 137, None, "0"),
                "reason": mostly("Completed", "Error", "OOMKilled", "", None),
                "finishedAt": STAMPS,
            }
        )
    }
)
WAITING = mostly("CrashLoopBackOff", "ImagePullBackOff", "ContainerCreating", "Strange").map(
    lambda reason: {"waiting": {"reason": reason}}
)
STATES = st.one_of(RUNNING, RUNNING, ENDED, WAITING, st.just({}), st.none())
CONTAINERS = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from("ab"), "restartCount": st.integers(0, 9), "state": STATES},
        optional={"lastState": st.one_of(st.just({}), ENDED)},
    ),
    max_size=4,
)
CONDITIONS = st.lists(
    st.fixed_dictionaries(
        {
            "type": mostly("Ready", "PodScheduled", "DisruptionTarget", "Other"),
            "status": mostly("True", "False", "Unknown", None),
            "lastTransitionTime": STAMPS,
        }
    ),
    max_size=4,
)
PODS = st.fixed_dictionaries(
    {
        "metadata": st.fixed_dictionaries({}, optional={"deletionTimestamp": STAMPS}),
        "status": st.fixed_dictionaries(
            {"phase": mostly("Running", "Pending", "Failed", "Succeeded"), "conditions": CONDITIONS},
            optional={
                "startTime": STAMPS,
                "reason": mostly("Evicted", "OutOfcpu"),
                "containerStatuses": CONTAINERS,
                "initContainerStatuses": CONTAINERS,
            },
        ),
    }
)
CALM: dict[str, Any] = {
    "metadata": {},
    "status": {
        "phase": "Running",
        "startTime": stamp(0),
        "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": stamp(1)}],
        "initContainerStatuses": [{"name": "a", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}],
        "containerStatuses": [{"name": "b", "restartCount": 0, "state": {"running": {"startedAt": stamp(1)}}}],
    },
}


@given(PODS)
def test_nothing_would_be_reported_of_a_calm_pod(item: dict[str, Any]) -> None:
    made = Moment(_START, _START + timedelta(seconds=1))
    pod = Pod(("shop", "web-1"), "uid", ("ReplicaSet", "web"), made, encode(item))
    until = _START + timedelta(hours=2)
    history = instance([pod], Inventory(cluster="", listed=until), Recorded(), until)
    if is_calm(item):
        assert list(pod_events(history, "prod")) == []


def test_a_pod_that_runs_after_its_init_container_is_calm() -> None:
    assert is_calm(CALM)


def test_a_pod_that_ended_before_is_not() -> None:
    ended = {"name": "b", "state": {"running": {}}, "lastState": {"terminated": {"exitCode": 1}}}
    assert not is_calm({**CALM, "status": {**CALM["status"], "containerStatuses": [ended]}})
    assert not is_calm({**CALM, "metadata": {"deletionTimestamp": stamp(2)}})
