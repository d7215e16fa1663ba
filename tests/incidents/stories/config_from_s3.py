"""A version that loads its configuration from S3 is rolled out while the object is not there."""

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
# Incident channel

- 14:11 Maria Ortiz (on-call): pricing 2.9.0 is the cause, it cannot load its settings from S3
"""


def play() -> Incident:
    world = World("2026-03-11", end="14:44:10")
    slow = Behaviour(ready=32, spread=6)
    pricing = Deployment(
        world,
        "shop",
        "pricing",
        6,
        "2.8.3",
        "12 days before 09:41:20",
        behaviour=slow,
        earlier=(("2.8.1", "40 days before 10:02:11"), ("2.8.2", "26 days before 15:20:45")),
    )
    basket = Deployment(world, "shop", "basket", 4, "5.1.0", "20 days before 11:00:02")
    Service(world, pricing, host="prices.example.com")
    Service(world, basket)
    others = noise.usual(world, rolled=("14:08:20",), scaled=("14:05:00", "14:15:30"))
    pricing.rollout("14:02:46", "2.9.0", behaviour=slow)
    pricing.undo("14:17:52", by="kubectl-client-side-apply")
    broken = by_tag("2.9.0", 0.38)
    return Incident(
        world,
        ("14:00", "14:30"),
        traffic=[
            Traffic("pricing", "shop", lambda: pricing.all_pods, 34, broken, scrape=15),
            Traffic("basket", "shop", lambda: basket.all_pods, 21, lambda at, tag: 0.002),
            Traffic("mailer", "backoffice", lambda: others[1].all_pods, 6, lambda at, tag: 0.004),
        ],
        alerts=[
            Alert(
                "HighErrorRatio",
                {"namespace": "shop", "service": "pricing"},
                error_ratio(0.05),
                [("14:03:58", "14:05:58", "14:21:40")],
                summary="5xx of {{ $labels.service }} above 5%",
            ),
            WATCHDOG,
        ],
        repositories={
            "acme/pricing": [
                Deploy(
                    510,
                    "2.8.2",
                    "li-wei",
                    "26 days before 15:18:02",
                    "26 days before 15:18:15",
                    "26 days before 15:21:31",
                    inactive="12 days before 09:42:31",
                ),
                Deploy(
                    511,
                    "2.8.3",
                    "sam-okafor",
                    "12 days before 09:40:41",
                    "12 days before 09:40:55",
                    "12 days before 09:42:30",
                    inactive="14:05:02",
                ),
                Deploy(512, "2.9.0", "dana-reyes", "14:02:07", "14:02:21", "14:05:01", inactive="14:20:41"),
                Deploy(513, "2.8.3", "sam-okafor", "14:17:12", "14:17:29", "14:20:40", event="workflow_dispatch"),
                *checks("acme/pricing", 9),
            ],
            "acme/ledger": [
                Deploy(
                    88,
                    "4.1.0",
                    "li-wei",
                    "9 days before 11:00:00",
                    "9 days before 11:00:12",
                    "9 days before 11:02:00",
                    inactive="14:09:31",
                ),
                Deploy(89, "8.4.0", "li-wei", "14:07:40", "14:07:55", "14:09:30"),
                *checks("acme/ledger", 6),
            ],
        },
        notes=NOTES,
    )
