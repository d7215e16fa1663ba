"""Clients that try again keep a service down, until it has more pods and a limit; nothing was deployed."""

from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert, error_ratio
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

NOTES = """\
19:12 Pia: session-api is flooded, clients retry in a loop
19:18 Pia: scaling to 16
19:26 Pia: rate limit on the ingress
19:31 Pia: recovering
"""


def play() -> Incident:
    world = World("2026-10-13", end="20:00:00", sizes=True)
    sessions = Deployment(world, "login", "session-api", 8, "1.8.2", "15 days before 10:10:10")
    Service(world, sessions)
    noise.usual(world, rolled=("19:22:00",), scaled=("19:35:00",))
    sessions.scale("19:18:20", 16)
    fails = steps(("19:06:10", 0.62), ("19:29:10", 0.001), usual=0.001)(world)
    begin, end = world.moment("19:05:40"), world.moment("19:29:00")
    return Incident(
        world,
        ("19:00", "19:50"),
        traffic=[
            Traffic(
                "session-api",
                "login",
                lambda: sessions.all_pods,
                40,
                fails,
                share=lambda at: 5.5 if begin <= at < end else 1.0,
                codes=("200", "503"),
                scrape=15,
            )
        ],
        alerts=[
            WATCHDOG,
            Alert(
                "SessionApiErrors",
                {"namespace": "login", "service": "session-api"},
                error_ratio(0.05),
                [("19:07:10", "19:09:10", "19:32:40")],
            ),
        ],
        notes=NOTES,
    )
