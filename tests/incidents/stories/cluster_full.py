"""Launches fail because every node is full of pods that nobody removes; they are deleted twice, the second time all."""

from datetime import timedelta

from tests.incident.github_payloads import Deploy
from tests.incidents import noise
from tests.incidents.alerting import Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.github import checks
from tests.incidents.incident import Incident
from tests.incidents.job_pods import task_pod, waiting_for_room
from tests.incidents.pods import Pod
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

_FULL = "0/10 nodes are available: 10 Insufficient cpu."
NOTES = """\
16:47 Yuvi: the cluster is full, 94 pending pods and a full ten nodes
17:14 Yuvi: deleted all pending pods, launches still fail
19:02 Yuvi: kubectl delete pod --all, the cluster is cleaned out
19:29 Yuvi: builds and launches work again
"""


def play() -> Incident:
    world = World("2026-10-17", end="19:48:00", nodes=10)
    quick = Behaviour(pull=0, ready=14, spread=3)
    hub = Deployment(
        world,
        "beta",
        "hub",
        1,
        "0.8.0",
        "13 days before 15:00:00",
        behaviour=quick,
        earlier=(("0.7.2", "40 days before 15:00:00"),),
    )
    Service(world, hub, host="hub.example.org")
    noise.usual(world, rolled=("18:55:00",), scaled=("19:10:00",))
    pods: list[Pod] = []
    for place in range(94):
        at = world.moment("15:42:30") + timedelta(seconds=place * 41)
        world.at(at, lambda place=place: pods.append(_waiting(world, place)))
    world.at("17:14:10", lambda: [pod.delete(user="yuvi@example.org") for pod in pods])
    world.at("19:02:15", lambda: [pod.delete(user="yuvi@example.org") for pod in hub.sets[0].alive + hub.current.alive])
    hub.rollout("19:14:20", "0.8.1")
    failing = steps(("15:42:10", 0.94), ("19:15:20", 0.004), usual=0.004)(world)
    return Incident(
        world,
        ("15:30", "19:40"),
        lead=timedelta(hours=2),
        traffic=[Traffic("hub", "beta", lambda: hub.all_pods, 3, failing, codes=("200", "504"), scrape=60)],
        alerts=[
            Alert(
                "LaunchesFail",
                {"namespace": "beta", "service": "hub"},
                error_ratio(0.5, "5m"),
                [("15:45:10", "15:50:10", "19:18:40")],
                hold="5m",
            )
        ],
        event_ttl=timedelta(hours=5),
        repositories={
            "acme/hub": [
                Deploy(
                    70,
                    "0.8.0",
                    "li-wei",
                    "13 days before 14:58:31",
                    "13 days before 14:58:45",
                    "13 days before 15:01:40",
                    inactive="19:15:11",
                ),
                Deploy(74, "0.8.1", "yuvi", "19:13:30", "19:13:44", "19:15:10", title="Raise the launch timeout"),
                *checks("acme/hub", 8, last=19),
            ]
        },
        notes=NOTES,
    )


def _waiting(world: World, place: int) -> Pod:
    pod = task_pod(world, "beta", "UserServer", f"jupyter-{place:03}", Behaviour())
    waiting_for_room(pod, [world.now + timedelta(seconds=1 + 290 * count) for count in range(20)], _FULL)
    return pod
