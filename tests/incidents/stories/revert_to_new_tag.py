"""A change is reverted in git, and the revert is built and deployed as a version of its own."""

from tests.incident.github_payloads import Deploy
from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.github import checks
from tests.incidents.ids import commit
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, by_tag
from tests.incidents.world import World

BATCHED = commit("batch the lookups")


def play() -> Incident:
    world = World("2026-06-03", end="16:02:00", sizes=True)
    slow = Behaviour(ready=26, spread=6)
    tax = Deployment(
        world, "money", "tax", 4, "2026.5.1", "8 days before 14:00:41", behaviour=slow, manager="argocd-controller"
    )
    orders = Deployment(world, "money", "orders", 4, "9.9.0", "18 days before 10:00:41")
    Service(world, tax)
    Service(world, orders)
    noise.usual(world, rolled=("15:28:00", "15:40:00"), scaled=("15:06:00",))
    tax.rollout("15:04:30", "2026.5.2", behaviour=slow)
    tax.rollout("15:31:12", "2026.5.3", behaviour=slow)
    return Incident(
        world,
        ("15:00", "15:50"),
        traffic=[
            Traffic(
                "tax",
                "money",
                lambda: tax.all_pods,
                22,
                by_tag("2026.5.2", 0.16),
                metric="http_server_request_duration_seconds",
                suffix="_count",
                code="http_response_status_code",
                labels={"job": "money/tax", "http_route": "/rate"},
                named_by="service_name",
                scrape=15,
            ),
            Traffic("orders", "money", lambda: orders.all_pods, 14),
        ],
        alerts=[
            Alert(
                "TaxErrors",
                {"namespace": "money", "service": "tax"},
                error_ratio(0.05),
                [("15:06:00", "15:08:00", "15:35:10")],
                summary="tax fails",
            ),
            WATCHDOG,
        ],
        repositories={
            "acme/tax": [
                Deploy(
                    801,
                    "2026.5.1",
                    "dana-reyes",
                    "8 days before 13:58:30",
                    "8 days before 13:58:44",
                    "8 days before 14:02:01",
                    inactive="15:06:41",
                ),
                Deploy(
                    802,
                    "2026.5.2",
                    "dana-reyes",
                    "15:03:40",
                    "15:03:55",
                    "15:06:40",
                    title="Batch the lookups (#210)",
                    sha=BATCHED,
                    inactive="15:33:21",
                ),
                Deploy(
                    803,
                    "2026.5.3",
                    "li-wei",
                    "15:30:21",
                    "15:30:36",
                    "15:33:20",
                    title='Revert "Batch the lookups (#210)" (#212)',
                    reverts=BATCHED,
                ),
                *checks("acme/tax", 7),
            ],
        },
        notes="15:22 Li Wei: reverting #210, the batches time out\n",
    )
