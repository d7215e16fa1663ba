"""A deploy fails in the night in which the clocks go back, when 02:30 comes twice."""

from tests.incident.github_payloads import Deploy
from tests.incidents import noise
from tests.incidents.alerting import Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.github import checks
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, by_tag
from tests.incidents.world import World

NOTES = """\
2026-10-25T02:07:00+01:00 Kim (on-call): quotes fails since the deploy, rolling back
"""


def play() -> Incident:
    world = World("2026-10-25", end="01:50:00")
    slow = Behaviour(ready=22, spread=5)
    quotes = Deployment(world, "money", "quotes", 4, "15.0.2", "17 days before 13:00:00", behaviour=slow)
    Service(world, quotes)
    noise.usual(world, rolled=("00:44:00",), scaled=("01:05:00",))
    quotes.rollout("00:51:30", "15.1.0", behaviour=slow)
    quotes.undo("01:11:50", by="kubectl-client-side-apply")
    return Incident(
        world,
        ("00:40", "01:30"),
        tz="Europe/Berlin",
        traffic=[Traffic("quotes", "money", lambda: quotes.all_pods, 24, by_tag("15.1.0", 0.27), scrape=15)],
        alerts=[
            Alert(
                "QuotesErrors",
                {"namespace": "money", "service": "quotes"},
                error_ratio(0.05),
                [("00:52:50", "00:54:50", "01:14:40")],
            )
        ],
        repositories={
            "acme/quotes": [
                Deploy(
                    31,
                    "15.0.2",
                    "li-wei",
                    "17 days before 12:58:30",
                    "17 days before 12:58:44",
                    "17 days before 13:01:40",
                    inactive="00:53:31",
                ),
                Deploy(32, "15.1.0", "sam-okafor", "00:50:41", "00:50:55", "00:53:30", inactive="01:13:41"),
                Deploy(33, "15.0.2", "maria-ortiz", "01:11:02", "01:11:16", "01:13:40", event="workflow_dispatch"),
                *checks("acme/quotes", 5, hours=2, last=2),
            ],
        },
        notes=NOTES,
    )
