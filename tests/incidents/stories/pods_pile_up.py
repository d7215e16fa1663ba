"""Pods of users pile up until the cluster is full; the effects begin hours before the window."""

from datetime import timedelta

from tests.incidents import noise
from tests.incidents.alerting import Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.job_pods import running, task_pod, waiting_for_room
from tests.incidents.nodes import Node
from tests.incidents.pods import Pod
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

_FULL = "0/6 nodes are available: 6 Insufficient memory."
NOTES = """\
- 20:48 Ben: suspicious behaviour reported on gitter, nothing launches
- 21:25 Min: the cluster is full, almost 1k user pods; scaling up to 8 nodes
- 21:36 Min: deleting pods older than 4 hours
"""


def play() -> Incident:
    world = World("2026-07-08", end="22:10:00", nodes=6)
    hub = Deployment(
        world, "prod", "hub", 1, "0.9.1", "19 days before 15:00:00", behaviour=Behaviour(pull=0, ready=15, spread=3)
    )
    binder = Deployment(world, "prod", "binder", 2, "0.2.5", "19 days before 15:02:00")
    for one in (hub, binder):
        Service(world, one, host=f"{one.name}.example.org")
    others = noise.background(world, 6)
    noise.probes(world, others, 130, minutes=100)
    noise.crons(world, 3)
    noise.chatter(world, 180, minutes=100)
    noise.autoscaling(world, others, ("21:02:00",))
    users: list[Pod] = []
    for place in range(150):
        world.at("16:20:00", lambda place=place: users.append(_user(world, place)))
    for place in range(60):
        at = world.moment("18:10:00") + timedelta(seconds=place * 180)
        world.at(at, lambda place=place: users.append(_waiting(world, place)))
    for place in range(2):
        fresh = Node(world, f"ip-10-0-91-{place + 70}.eu-central-1.compute.internal")
        fresh.join(f"21:29:{place * 13 + 20}")
        world.nodes.append(fresh)
        world.parts.append(fresh)
    world.at("21:36:20", lambda: [pod.delete(user="min@example.org") for pod in users])
    hub.restart("21:40:15")
    failing = steps(("16:30:10", 0.99), ("21:41:00", 0.004), usual=0.004)(world)
    return Incident(
        world,
        ("20:30", "22:00"),
        tz="Europe/Berlin",
        lead=timedelta(hours=5),
        traffic=[Traffic("hub", "prod", lambda: hub.all_pods, 4, failing, codes=("200", "504"), scrape=60)],
        alerts=[
            Alert(
                "LaunchesFail",
                {"namespace": "prod", "service": "hub"},
                error_ratio(0.5, "5m"),
                [("16:33:10", "16:38:10", "21:44:10")],
                hold="5m",
            )
        ],
        event_ttl=timedelta(hours=2),
        notes="\n".join(_there(line) for line in NOTES.splitlines()) + "\n",
    )


def _there(line: str) -> str:
    """In central Europe, two hours ahead."""
    return f"{line[:2]}{int(line[2:4]) + 2:02}{line[4:]}"


def _user(world: World, place: int) -> Pod:
    pod = task_pod(world, "prod", "UserServer", f"jupyter-{place:03}", Behaviour())
    running(pod, world.nodes[place % 6], world.moment("12:40:00") + timedelta(seconds=place * 71))
    return pod


def _waiting(world: World, place: int) -> Pod:
    pod = task_pod(world, "prod", "UserServer", f"jupyter-w{place:03}", Behaviour())
    waiting_for_room(pod, [world.now + timedelta(seconds=1 + 300 * count) for count in range(45)], _FULL)
    return pod
