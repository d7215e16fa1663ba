"""A rollback fails in CI, and the second one succeeds."""

from tests.incident.github_payloads import Deploy
from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.github import checks
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, by_tag
from tests.incidents.world import World

NOTES = """\
11:09 Ida (on-call): orders 5.2.0 rejects carts with vouchers, rolling back
11:15 Ida: the rollback job could not log in to the registry, trying again
"""


def play() -> Incident:
    world = World("2026-06-11", end="11:50:00", sizes=True)
    orders = Deployment(world, "shop", "orders", 4, "5.1.9", "8 days before 10:10:10")
    Service(world, orders, host="orders.example.com")
    noise.usual(world, rolled=("11:25:00",), scaled=("11:05:00",))
    orders.rollout("11:02:40", "5.2.0", behaviour=Behaviour(ready=12, spread=4))
    orders.undo("11:19:50", by="helm")
    return Incident(
        world,
        ("11:00", "11:40"),
        traffic=[Traffic("orders", "shop", lambda: orders.all_pods, 30, by_tag("5.2.0", 0.3), scrape=15)],
        alerts=[
            Alert(
                "OrdersErrors",
                {"namespace": "shop", "service": "orders"},
                error_ratio(0.05),
                [("11:03:40", "11:05:40", "11:22:40")],
            ),
            WATCHDOG,
        ],
        repositories={
            "acme/orders": [
                Deploy(
                    70,
                    "5.1.9",
                    "li-wei",
                    "8 days before 10:08:30",
                    "8 days before 10:08:44",
                    "8 days before 10:11:20",
                    inactive="11:04:01",
                ),
                Deploy(71, "5.2.0", "dana-reyes", "11:01:50", "11:02:05", "11:04:00", inactive="11:21:21"),
                Deploy(
                    72,
                    "5.1.9",
                    "ida-lund",
                    "11:11:30",
                    "11:11:45",
                    "11:13:20",
                    "workflow_dispatch",
                    conclusion="failure",
                ),
                Deploy(73, "5.1.9", "ida-lund", "11:19:00", "11:19:15", "11:21:20", event="workflow_dispatch"),
                *checks("acme/orders", 5, last=11),
            ],
        },
        notes=NOTES,
    )
