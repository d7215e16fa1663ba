"""A deploy in the morning empties a cache of images; in the evening builds fail on nodes without a disk for them."""

from datetime import timedelta

from tests.incident.github_payloads import Deploy
from tests.incidents import noise
from tests.incidents.alerting import Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.github import checks
from tests.incidents.incident import Incident
from tests.incidents.nodes import Node
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

NOTES = """\
- 17:45 Erik: builds are backlogged, adding two nodes for them
- 18:14 Tim: new builds do not start, something is stuck in the binder pods, restarted one of them
- 18:57 Tim: builds fail with no disk space, the extra node pool has no local SSD, recreating it
"""


def play() -> Incident:
    world = World("2026-03-24", end="19:35:00", nodes=4)
    quick = Behaviour(pull=0, ready=13, spread=3)
    binder = Deployment(
        world,
        "prod",
        "binder",
        2,
        "0.2.0-n81",
        "6 days before 14:00:00",
        behaviour=quick,
        earlier=(("0.2.0-n77", "21 days before 14:00:00"),),
    )
    Service(world, binder, host="mybinder.example.org")
    others = noise.usual(world, rolled=("18:31:00",), scaled=("18:02:00",))
    noise.probes(world, others, 60, minutes=110)
    binder.rollout("07:54:12", "0.2.0-n84")
    pools = (("17:54:10", "18:59:20", 30), ("19:02:30", "", 50))
    for joins, leaves, number in pools:
        for place in range(2):
            node = Node(world, f"ip-10-0-93-{place + number}.eu-west-1.compute.internal")
            node.join(world.moment(joins) + timedelta(seconds=place * 9))
            if leaves:
                node.cordon(world.moment(leaves) - timedelta(seconds=20))
                node.remove(world.moment(leaves) + timedelta(seconds=place * 7))
            world.parts.append(node)
    binder.each("18:14:25", lambda pod: pod.delete(user="tim@example.org"), slice(0, 1))
    binder.each("19:04:40", lambda pod: pod.delete(user="tim@example.org"), slice(0, 1))
    failing = steps(("18:22:10", 0.44), ("19:04:10", 0.004), usual=0.004)(world)
    return Incident(
        world,
        ("17:30", "19:30"),
        tz="Europe/Zurich",
        traffic=[Traffic("binder", "prod", lambda: binder.all_pods, 6, failing)],
        alerts=[
            Alert(
                "BuildsFail",
                {"namespace": "prod", "service": "binder"},
                error_ratio(0.2),
                [("18:23:10", "18:25:10", "19:06:10")],
                severity="page",
            )
        ],
        event_ttl=timedelta(hours=3),
        repositories={
            "acme/binder": [
                Deploy(
                    901,
                    "0.2.0-n81",
                    "li-wei",
                    "6 days before 13:58:31",
                    "6 days before 13:58:45",
                    "6 days before 14:01:40",
                    inactive="07:55:31",
                ),
                Deploy(
                    907, "0.2.0-n84", "erik", "07:53:20", "07:53:34", "07:55:30", title="New version of repo2docker"
                ),
                *checks("acme/binder", 8, last=18),
            ]
        },
        notes="\n".join(_there(line) for line in NOTES.splitlines()) + "\n",
    )


def _there(line: str) -> str:
    """In Zurich, an hour ahead in winter."""
    return f"{line[:2]}{int(line[2:4]) + 1:02}{line[4:]}"
