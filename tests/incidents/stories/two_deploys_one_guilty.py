"""Two services are deployed within minutes; one of them breaks the frontend that calls it."""

from tests.incident.github_payloads import Deploy
from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.github import checks
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, by_tag, steps
from tests.incidents.world import World


def play() -> Incident:
    world = World("2026-07-15", end="10:48:00", sizes=True)
    slow = Behaviour(ready=18, spread=5)
    warehouse = Deployment(world, "shop", "warehouse", 4, "3.1.7", "13 days before 09:09:09", behaviour=slow)
    promo = Deployment(world, "shop", "promo", 3, "1.7.4", "6 days before 15:15:15")
    storefront = Deployment(world, "shop", "storefront", 5, "40.2.0", "2 days before 12:34:56")
    for one in (warehouse, promo):
        Service(world, one)
    Service(world, storefront, host="shop.example.com")
    ingress = Deployment(world, "ingress-nginx", "ingress-nginx-controller", 2, "v1.8.1", "50 days before 06:00:00")
    # The same service in another environment, where its next version is tried.
    twin = Deployment(world, "staging", "warehouse", 1, "3.2.0", "1 days before 16:00:00", repository="shop/warehouse")
    Service(world, twin)
    twin.rollout("10:12:20", "3.3.0-rc.1", behaviour=slow)
    noise.usual(world, rolled=("10:30:00",), scaled=("10:10:00",))
    warehouse.rollout("10:02:31", "3.2.0", behaviour=slow)
    promo.rollout("10:04:44", "1.8.0")
    warehouse.undo("10:21:40", by="kubectl-client-side-apply")
    suffers = steps(("10:03:20", 0.11), ("10:22:45", 0.001), usual=0.001)(world)
    shop = {"namespace": "shop"}
    return Incident(
        world,
        ("10:00", "10:40"),
        traffic=[
            Traffic(
                "warehouse", "shop", lambda: warehouse.all_pods, 28, by_tag("3.2.0", 0.47, usual=0.0006), scrape=15
            ),
            Traffic("promo", "shop", lambda: promo.all_pods, 9),
            Traffic(
                "ingress-nginx-controller-metrics",
                "ingress-nginx",
                lambda: ingress.all_pods,
                50,
                suffers,
                metric="nginx_ingress_controller_requests",
                suffix="",
                code="status",
                codes=("200", "502"),
                labels={
                    "exported_namespace": "shop",
                    "exported_service": "storefront",
                    "ingress": "storefront",
                    "host": "shop.example.com",
                },
            ),
            Traffic("warehouse", "staging", lambda: twin.all_pods, 0.5),
        ],
        alerts=[
            Alert(
                "HighErrorRatio",
                {**shop, "service": "warehouse"},
                error_ratio(0.05),
                [("10:03:50", "10:05:50", "10:24:40")],
            ),
            Alert(
                "HighErrorRatio",
                {**shop, "service": "storefront"},
                error_ratio(0.05),
                [("10:04:50", "10:06:50", "10:24:10")],
            ),
            WATCHDOG,
        ],
        repositories={
            "acme/warehouse": [
                Deploy(
                    55,
                    "3.1.7",
                    "li-wei",
                    "13 days before 09:07:30",
                    "13 days before 09:07:44",
                    "13 days before 09:10:20",
                    inactive="10:04:21",
                ),
                Deploy(56, "3.2.0", "dana-reyes", "10:01:48", "10:02:03", "10:04:20", inactive="10:23:11"),
                Deploy(57, "3.1.7", "dana-reyes", "10:20:55", "10:21:10", "10:23:10", event="workflow_dispatch"),
                Deploy(58, "3.3.0-rc.1", "li-wei", "10:11:30", "10:11:44", "10:13:10", environment="staging"),
                *checks("acme/warehouse", 5, last=10),
            ],
            "acme/promo": [
                Deploy(
                    19,
                    "1.7.4",
                    "sam-okafor",
                    "6 days before 15:13:30",
                    "6 days before 15:13:44",
                    "6 days before 15:16:20",
                    inactive="10:05:41",
                ),
                Deploy(20, "1.8.0", "sam-okafor", "10:03:58", "10:04:12", "10:05:40"),
                *checks("acme/promo", 5, last=10),
            ],
        },
        notes="10:19 Dana: warehouse 3.2.0 answers half of the calls with 500, rolling back\n",
    )
