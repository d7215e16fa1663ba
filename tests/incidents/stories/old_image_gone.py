"""A rollback cannot pull the image of before, which the registry has cleaned up, so that a fix goes forward."""

from tests.incident.github_payloads import Deploy
from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, by_tag
from tests.incidents.world import World

NOTES = """\
10:09 kai: basket is throwing 500s on every 4th request :fire:
10:12 kai: reverting to main-77ab01c
10:17 kai: ugh, main-77ab01c is gone from the registry, the cleanup policy ate it
10:19 mira: fixing forward then
"""


def play() -> Incident:
    world = World("2026-11-11", end="11:10:00", sizes=True)
    labels = {"app": "basket", "tier": "web"}
    basket = Deployment(
        world, "storefront", "basket", 4, "main-77ab01c", "20 days before 13:10:10", labels=labels, manager="helm"
    )
    Service(world, basket, selector={"app": "basket"})
    noise.usual(world, rolled=("10:14:00",), scaled=("10:05:00",))
    basket.rollout("10:03:12", "main-c0ffee1", behaviour=Behaviour(ready=11, spread=3))
    basket.rollout("10:12:50", "main-77ab01c", behaviour=Behaviour(fails="image"))
    basket.rollout("10:41:20", "main-d15ea5e", behaviour=Behaviour(ready=11, spread=3))
    return Incident(
        world,
        ("10:00", "11:00"),
        traffic=[
            Traffic("basket", "storefront", lambda: basket.all_pods, 24, by_tag("main-c0ffee1", 0.24), named_by="app")
        ],
        alerts=[
            WATCHDOG,
            Alert(
                "basket_5xx_ratio_high",
                {"namespace": "storefront", "app": "basket"},
                error_ratio(0.05).replace("service", "app"),
                [("10:04:30", "10:06:30", "10:45:10")],
                severity="page",
            ),
        ],
        repositories={
            "acme/basket": [
                Deploy(
                    91,
                    "main-77ab01c",
                    "mira-k",
                    "20 days before 13:08:00",
                    "20 days before 13:08:20",
                    "20 days before 13:11:00",
                    inactive="10:05:00",
                    ref="main",
                ),
                Deploy(
                    92, "main-c0ffee1", "mira-k", "10:02:20", "10:02:40", "10:04:50", inactive="10:43:00", ref="main"
                ),
                Deploy(
                    93,
                    "main-77ab01c",
                    "kai-l",
                    "10:12:05",
                    "10:12:25",
                    "10:22:50",
                    ref="main",
                    event="workflow_dispatch",
                    conclusion="failure",
                ),
                Deploy(94, "main-d15ea5e", "mira-k", "10:40:30", "10:40:50", "10:43:10", ref="main"),
            ]
        },
        notes=NOTES,
    )
