"""Every node is drained and replaced; a service with a single pod is away for a minute."""

from datetime import timedelta

from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.nodes import Node
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

NOTES = """\
13:05 incident declared: nodes are being terminated one after the other
13:20 stopped the update of the instance group
"""


def play() -> Incident:
    world = World("2026-09-28", end="13:58:00", nodes=9)
    tokens = Deployment(
        world,
        "identity",
        "tokens",
        1,
        "2.5.0",
        "30 days before 10:00:00",
        behaviour=Behaviour(pull=8, ready=70, spread=5),
    )
    portal = Deployment(world, "identity", "portal", 6, "8.1.1", "20 days before 10:00:00")
    Service(world, tokens)
    Service(world, portal, host="portal.example.gov")
    noise.usual(world, 8, scaled=("12:25:00",))
    old = list(world.nodes)
    for place, node in enumerate(old):
        start = world.moment("12:12:10") + timedelta(minutes=7 * place + place % 2)
        fresh = Node(world, f"ip-10-0-77-{place + 60}.eu-west-2.compute.internal")
        fresh.join(start - timedelta(seconds=70))
        world.nodes.append(fresh)
        world.parts.append(fresh)
        node.drain(start, each=1.0)
        node.remove(start + timedelta(seconds=95))

    needs_tokens = steps(("12:54:13", 0.41), ("12:55:31", 0.002), usual=0.002)(world)
    return Incident(
        world,
        ("12:05", "13:50"),
        tz="Europe/London",
        traffic=[
            Traffic("portal", "identity", lambda: portal.all_pods, 16, needs_tokens, codes=("200", "503")),
            Traffic("tokens", "identity", lambda: tokens.all_pods, 9),
        ],
        alerts=[
            Alert(
                "PortalErrors",
                {"namespace": "identity", "service": "portal"},
                error_ratio(0.1, "1m"),
                [("12:54:40", "12:55:10", "12:56:40")],
                hold="30s",
            ),
            WATCHDOG,
        ],
        event_ttl=timedelta(hours=3),
        notes="\n".join(f"{int(line[:2]) + 1:02}{line[2:]}" for line in NOTES.splitlines()) + "\n",
    )
