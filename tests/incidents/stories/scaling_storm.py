"""A link on a popular site triples the load; the autoscaler reaches its bound and the cluster is full."""

from datetime import timedelta

from tests.incidents import noise
from tests.incidents.alerting import Alert
from tests.incidents.autoscaler import Autoscaler
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.nodes import Node
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

NOTES = """\
- 12:19 Tim: many more users than usual, mail from someone who watches Grafana
- 12:33 Tim: a post on a popular site links to us, it is legitimate, keep monitoring
- 12:45 Tim: pods are waiting for nodes, raising the limit of the node pool
"""


def play() -> Incident:
    world = World("2026-01-18", end="13:20:00", nodes=8)
    hub = Deployment(
        world,
        "prod",
        "notebooks",
        12,
        "0.11.2",
        "16 days before 18:00:00",
        behaviour=Behaviour(pull=6, ready=20, spread=10),
    )
    Service(world, hub, host="notebooks.example.org")
    others = noise.background(world, 24, 5, ("platform", "backoffice", "search", "media"))
    noise.probes(world, others, 4200)
    noise.crons(world, 48, minutes=1)
    noise.chatter(world, 3000)
    noise.rollouts(world, others, ("12:30:00",))
    noise.autoscaling(world, others[3:], ("12:15:00", "12:35:00"))
    scaler = Autoscaler(world, hub, 12, 120)
    sizes = (
        (12, "12:12:20"),
        (24, "12:14:20"),
        (40, "12:18:50"),
        (56, "12:24:10"),
        (76, "12:31:40"),
        (96, "12:37:30"),
        (120, "12:41:10"),
    )
    for size, when in sizes[1:]:
        scaler.scale(when, size, "cpu resource utilization (percentage of request) above target")
    for node in world.nodes:
        node.capacity = 28
    for place in range(4):
        node = Node(world, f"ip-10-0-99-{place + 40}.eu-central-1.compute.internal")
        node.capacity = 40
        node.join(f"12:53:{place * 9 + 10:02}")
        world.nodes.append(node)
        world.parts.append(node)
    scaler.scale("13:08:00", 90, "All metrics below target")
    load = steps(("12:12:00", 2.0), ("12:22:00", 4.0), ("12:36:00", 8.0), ("13:05:00", 5.0), usual=1.0)(world)
    slow = steps(("12:42:00", 0.35), ("12:55:00", 0.02), usual=0.02)(world)
    return Incident(
        world,
        ("12:10", "13:15"),
        traffic=[
            Traffic(
                "notebooks",
                "prod",
                lambda: hub.all_pods[:20],
                12,
                lambda at, tag: 0.001,
                lambda at: load(at, ""),
                slow=slow,
                scrape=60,
            )
        ],
        alerts=[
            Alert(
                "SlowLaunches",
                {"namespace": "prod", "service": "notebooks"},
                "histogram_quantile(0.9, sum by (le) (rate(http_request_duration_seconds_bucket[2m]))) > 2",
                [("12:43:30", "12:45:30", "12:57:00")],
            )
        ],
        event_ttl=timedelta(minutes=80),
        notes=NOTES,
    )
