"""A machine dies; its pods are replaced five minutes later."""

from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

NOTES = """\
14:16 Jo (on-call): the instance behind the missing node has a hardware failure, AWS confirms
"""


def play() -> Incident:
    world = World("2026-02-18", end="14:50:00", nodes=5, sizes=True)
    orders = Deployment(world, "shop", "orders", 5, "7.7.1", "11 days before 10:10:10")
    invoices = Deployment(world, "shop", "invoicing", 5, "2.0.9", "5 days before 08:44:01")
    gateway = Deployment(world, "edge", "gateway", 5, "1.30.2", "60 days before 12:00:00")
    for one in (orders, invoices):
        Service(world, one)
    Service(world, gateway, host="www.example.com")
    noise.usual(world, 5, rolled=("14:25:00",), scaled=("14:02:00",))
    world.nodes[2].fail("14:06:18")
    world.nodes[2].remove("14:31:05")
    dead = steps(("14:06:18", 0.19), ("14:06:59", 0.001), usual=0.001)(world)
    fired = {"instance": f"{world.nodes[2].address}:9100", "job": "node-exporter"}
    return Incident(
        world,
        ("14:00", "14:40"),
        traffic=[
            Traffic("gateway", "edge", lambda: gateway.all_pods, 60, dead, codes=("200", "504")),
            Traffic("orders", "shop", lambda: orders.all_pods, 15),
            Traffic("invoicing", "shop", lambda: invoices.all_pods, 5),
        ],
        alerts=[
            Alert(
                "NodeDown",
                fired,
                'up{job="node-exporter"} == 0',
                [("14:06:40", "14:08:40", "14:32:40")],
                summary="{{ $labels.instance }} is down",
            ),
            WATCHDOG,
        ],
        notes=NOTES,
    )
