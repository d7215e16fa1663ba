"""Five services are deployed one after the other, and one of them is guilty."""

from tests.incident.github_payloads import Deploy
from tests.incidents import noise
from tests.incidents.alerting import Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, by_tag
from tests.incidents.world import World

NOTES = """\
13:17 Sol (on-call): prices 2.31.0 divides by zero for bundles, taking only that one back
"""
_TRAIN = ("cart", "prices", "stock", "users", "images")


def play() -> Incident:
    world = World("2026-05-06", end="13:50:00", sizes=True)
    noise.usual(world, rolled=("13:25:00",), scaled=("13:05:00",))
    ours = {name: Deployment(world, "shop", name, 3, "2.30.0", "7 days before 13:10:10") for name in _TRAIN}
    repositories = {}
    for place, (name, one) in enumerate(ours.items()):
        Service(world, one)
        minute = 2 + 2 * place
        one.rollout(f"13:{minute:02}:40", "2.31.0", behaviour=Behaviour(ready=10, spread=3))
        repositories[f"acme/{name}"] = [
            Deploy(
                400 + place,
                "2.30.0",
                "release-bot",
                "7 days before 13:08:30",
                "7 days before 13:08:44",
                "7 days before 13:11:20",
                inactive=f"13:{minute + 1:02}:41",
            ),
            Deploy(
                500 + place,
                "2.31.0",
                "release-bot",
                f"13:{minute:02}:05",
                f"13:{minute:02}:20",
                f"13:{minute + 1:02}:40",
                inactive="13:20:31" if name == "prices" else "",
            ),
            *(
                [Deploy(510, "2.30.0", "sol-berg", "13:18:30", "13:18:45", "13:20:30", event="workflow_dispatch")]
                if name == "prices"
                else []
            ),
        ]
    prices = ours["prices"]
    prices.undo("13:19:10", by="helm")
    return Incident(
        world,
        ("13:00", "13:40"),
        traffic=[
            *(
                Traffic(
                    name,
                    "shop",
                    lambda one=one: one.all_pods,
                    20,
                    by_tag("2.31.0", 0.35 if name == "prices" else 0.001),
                )
                for name, one in ours.items()
            )
        ],
        alerts=[
            Alert(
                "PricesErrors",
                {"namespace": "shop", "service": "prices"},
                error_ratio(0.05),
                [("13:06:10", "13:08:10", "13:22:40")],
            )
        ],
        repositories=repositories,
        notes=NOTES,
    )
