"""A canary beside the stable Deployment fails, and is taken back."""

from tests.incidents import noise
from tests.incidents.alerting import Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World


def play() -> Incident:
    world = World("2026-05-06", end="11:40:00", sizes=True)
    labels = {"app.kubernetes.io/name": "checkout-web"}
    stable = Deployment(
        world,
        "shop",
        "checkout-web",
        9,
        "4.4.1",
        "7 days before 13:00:10",
        labels={**labels, "track": "stable"},
        manager="argocd-controller",
    )
    canary = Deployment(
        world,
        "shop",
        "checkout-web-canary",
        1,
        "4.4.1",
        "7 days before 12:50:10",
        labels={**labels, "track": "canary"},
        repository="shop/checkout-web",
        manager="argocd-controller",
        behaviour=Behaviour(ready=15),
    )
    traefik = Deployment(world, "edge", "traefik", 2, "v2.10.4", "40 days before 06:00:00")
    Service(world, stable, host="pay.example.com", selector=labels)
    noise.usual(world, rolled=("11:18:00",), scaled=("11:02:00",))
    canary.rollout("11:05:02", "4.5.0", behaviour=Behaviour(ready=15))
    canary.undo("11:16:31", by="argocd-controller")
    # One of ten requests reaches the canary.
    fails = steps(("11:05:20", 0.062), ("11:16:53", 0.0008), usual=0.0008)(world)
    return Incident(
        world,
        ("11:00", "11:30"),
        traffic=[
            Traffic(
                "shop-checkout-web-80@kubernetes",
                "edge",
                lambda: traefik.all_pods,
                40,
                fails,
                metric="traefik_service_requests",
                labels={"protocol": "http"},
                scrape=15,
            )
        ],
        alerts=[
            Alert(
                "CheckoutErrors",
                {"namespace": "shop", "service": "checkout-web"},
                error_ratio(0.03),
                [("11:06:20", "11:08:20", "11:18:50")],
            )
        ],
        notes="11:14 Mina: the canary fails on saved cards, taking it back\n",
    )
