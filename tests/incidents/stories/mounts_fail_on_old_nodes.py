"""Pods of builds cannot mount their volumes on two old nodes; new nodes join and the old ones are drained."""

from datetime import timedelta

from tests.incidents import noise
from tests.incidents.alerting import Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.job_pods import task_pod
from tests.incidents.nodes import Node
from tests.incidents.pods import Pod
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

_NEXT = "2026-04-01T{}+00:00"
NOTES = """\
2026-04-01 00:11 Yuvi: mount errors on the build pods
2026-04-01 01:21 Yuvi: growing the cluster to 4 nodes, then cordon the two older ones
2026-04-01 01:30 Yuvi: hub and binder are on the new nodes, launches go up
"""


def play() -> Incident:
    world = World("2026-03-31", end=_NEXT.format("01:48:00"), nodes=2)
    quick = Behaviour(pull=4, ready=12, spread=4)
    hub = Deployment(world, "prod", "hub", 1, "0.8.3", "12 days before 19:00:00", behaviour=quick)
    binder = Deployment(world, "prod", "binder", 2, "0.2.2", "12 days before 19:02:00", behaviour=quick)
    for one in (hub, binder):
        Service(world, one, host=f"{one.name}.example.org")
    others = noise.background(world, 6)
    noise.probes(world, others, 140, minutes=125)
    noise.crons(world, 3)
    noise.chatter(world, 200, minutes=125)
    old, builds = list(world.nodes), []
    for place in range(30):
        at = world.moment("23:48:10") + timedelta(seconds=place * 97)
        world.at(at, lambda place=place: builds.append(_build(world, place, old[place % 2])))
    for place in range(2):
        fresh = Node(world, f"ip-10-0-88-{place + 40}.eu-central-1.compute.internal")
        fresh.join(_NEXT.format(f"01:24:{place * 11 + 10}"))
        world.nodes.append(fresh)
        world.parts.append(fresh)
    for place, node in enumerate(old):
        node.drain(_NEXT.format(f"01:27:{place * 30 + 5:02}"), each=1.0)
    failing = steps(("23:47:05", 0.72), (_NEXT.format("01:29:10"), 0.002), usual=0.002)(world)
    return Incident(
        world,
        ("23:30", _NEXT.format("01:45")),
        traffic=[Traffic("hub", "prod", lambda: hub.all_pods, 9, failing, codes=("200", "504"))],
        alerts=[
            Alert(
                "LaunchesFail",
                {"namespace": "prod", "service": "hub"},
                error_ratio(0.3),
                [("23:48:05", "23:50:05", _NEXT.format("01:31:10"))],
            )
        ],
        event_ttl=timedelta(hours=3),
        notes=NOTES,
    )


def _build(world: World, place: int, node: Node) -> Pod:
    stuck = Behaviour(fails="secret", message="docker-push-secret")
    pod = task_pod(world, "prod", "Build", f"build-{place:03}-{1000 + place * 37}", stuck)
    pod.reserve(node)
    return pod
