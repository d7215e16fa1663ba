"""A payment provider fails for others' reasons while two services are deployed that have nothing to do with it."""

from tests.incident.github_payloads import Deploy
from tests.incidents import noise
from tests.incidents.alerting import Alert, error_ratio
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.github import checks
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

NOTES = """\
09:31 Priya (on-call): calls to the card processor time out, their status page shows an incident
09:58 Priya: the card processor reports that it is fixed
"""


def play() -> Incident:
    world = World("2026-04-22", end="10:20:00", sizes=True)
    payments = Deployment(world, "money", "payments", 5, "11.2.0", "6 days before 13:20:41")
    catalog = Deployment(world, "money", "catalog", 4, "3.14.0", "8 days before 12:12:12")
    profile = Deployment(world, "money", "profile", 4, "0.31.2", "15 days before 08:30:00")
    for one in (payments, catalog, profile):
        Service(world, one)
    noise.usual(world, scaled=("09:25:00",))
    catalog.rollout("09:18:33", "3.15.0", by="argocd-controller")
    profile.rollout("09:36:05", "0.32.0", by="argocd-controller")
    failing = steps(("09:22:10", 0.31), ("09:57:20", 0.0015), usual=0.0015)(world)
    return Incident(
        world,
        ("09:15", "10:10"),
        traffic=[
            Traffic("payments", "money", lambda: payments.all_pods, 18, failing, codes=("200", "502")),
            Traffic("catalog", "money", lambda: catalog.all_pods, 40, lambda at, tag: 0.0005),
            Traffic("profile", "money", lambda: profile.all_pods, 12, lambda at, tag: 0.001),
        ],
        alerts=[
            Alert(
                "PaymentErrors",
                {"namespace": "money", "service": "payments"},
                error_ratio(0.1, "5m"),
                [("09:24:00", "09:26:00", "10:00:55")],
                summary="Payments fail",
            )
        ],
        repositories={
            "acme/catalog": [
                Deploy(
                    77,
                    "3.14.0",
                    "li-wei",
                    "8 days before 12:10:00",
                    "8 days before 12:10:14",
                    "8 days before 12:13:01",
                    inactive="09:20:12",
                ),
                Deploy(78, "3.15.0", "li-wei", "09:17:40", "09:17:55", "09:20:11"),
                *checks("acme/catalog", 7, last=10),
            ],
            "acme/profile": [
                Deploy(
                    141,
                    "0.31.2",
                    "maria-ortiz",
                    "15 days before 08:28:30",
                    "15 days before 08:28:43",
                    "15 days before 08:31:10",
                    inactive="09:37:41",
                ),
                Deploy(142, "0.32.0", "maria-ortiz", "09:35:11", "09:35:24", "09:37:40"),
                *checks("acme/profile", 5, last=10),
            ],
        },
        notes=NOTES,
    )
