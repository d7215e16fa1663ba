"""Containers run out of memory hours after the deploy that made them grow."""

from tests.incident.github_payloads import Deploy
from tests.incidents import noise
from tests.incidents.alerting import Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.github import checks
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

NOTES = """\
- 13:35 Tom (on-call): memory grows without end since recommender 6.3.0 of this morning
"""


def play() -> Incident:
    world = World("2026-05-19", end="14:03:00")
    recommender = Deployment(
        world,
        "shop",
        "recommender",
        4,
        "6.2.4",
        "33 days before 10:20:30",
        earlier=(("6.2.3", "50 days before 09:00:00"),),
    )
    Service(world, recommender)
    noise.usual(world, rolled=("13:20:00",), scaled=("13:08:00", "13:41:00"))
    recommender.rollout("09:47:05", "6.3.0")
    for place, when in enumerate(("13:12:40", "13:19:05", "13:24:51", "13:31:22")):
        recommender.each(
            when,
            lambda pod: pod.die(code=137, reason="OOMKilled", again=Behaviour(pull=0, ready=35, spread=2)),
            slice(place, place + 1),
        )
    recommender.scale("13:37:12", 8, by="kubectl")
    errors = steps(
        ("13:12:40", 0.2),
        ("13:13:20", 0.002),
        ("13:19:05", 0.2),
        ("13:19:45", 0.002),
        ("13:24:51", 0.2),
        ("13:25:31", 0.002),
        ("13:31:22", 0.26),
        ("13:38:00", 0.002),
        usual=0.002,
    )(world)
    return Incident(
        world,
        ("13:00", "13:55"),
        traffic=[Traffic("recommender", "shop", lambda: recommender.all_pods, 26, errors, scrape=15)],
        alerts=[
            Alert(
                "RecommenderErrors",
                {"namespace": "shop", "service": "recommender"},
                error_ratio(0.1, "1m"),
                [("13:31:50", "13:32:50", "13:38:40")],
                hold="1m",
            )
        ],
        repositories={
            "acme/recommender": [
                Deploy(
                    311,
                    "6.2.4",
                    "li-wei",
                    "33 days before 10:18:30",
                    "33 days before 10:18:44",
                    "33 days before 10:21:40",
                    inactive="09:48:52",
                ),
                Deploy(312, "6.3.0", "maria-ortiz", "09:46:11", "09:46:24", "09:48:51"),
                *checks("acme/recommender", 6, last=13),
            ],
        },
        notes=NOTES,
    )
