"""A canary of Argo Rollouts is aborted by its analysis."""

from tests.incident.github_payloads import Deploy
from tests.incidents import noise
from tests.incidents.argo import ArgoRollout
from tests.incidents.github import checks
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, by_tag
from tests.incidents.world import World


def play() -> Incident:
    world = World("2026-04-09", end="15:40:00", sizes=True)
    reviews = ArgoRollout(world, "shop", "reviews", 8, "20.1.0", "10 days before 10:10:10", manager="argocd-controller")
    noise.usual(world, rolled=("15:20:00",), scaled=("15:10:00",))
    because = (
        "Step-based analysis phase error/failed: "
        'Metric "error-rate" assessed Failed due to failed (2) > failureLimit (1)'
    )
    reviews.canary("15:06:10", "20.2.0", 25, abort="15:13:05", because=because)
    return Incident(
        world,
        ("15:00", "15:30"),
        traffic=[Traffic("reviews", "shop", lambda: reviews.all_pods, 32, by_tag("20.2.0", 0.3), scrape=15)],
        repositories={
            "acme/reviews": [
                Deploy(
                    600,
                    "20.1.0",
                    "li-wei",
                    "10 days before 10:08:30",
                    "10 days before 10:08:44",
                    "10 days before 10:12:01",
                    inactive="15:06:31",
                ),
                Deploy(601, "20.2.0", "maria-ortiz", "15:05:20", "15:05:34", "15:06:30"),
                *checks("acme/reviews", 6),
            ],
        },
    )
