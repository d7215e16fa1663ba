"""A deploy breaks a service, and a hotfix mends it instead of a rollback."""

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
09:14 Noor (on-call): facets fail since 8.0.0, the index format changed, so we cannot go back
09:16 Noor: fix is in review
"""


def play() -> Incident:
    world = World("2026-09-22", end="10:00:00", sizes=True)
    finder = Deployment(world, "shop", "finder", 5, "7.9.3", "12 days before 08:10:10")
    Service(world, finder)
    noise.usual(world, rolled=("09:20:00",), scaled=("09:05:00",))
    finder.rollout("09:03:10", "8.0.0", behaviour=Behaviour(ready=14, spread=4))
    finder.rollout("09:31:30", "8.0.1", behaviour=Behaviour(ready=14, spread=4))
    return Incident(
        world,
        ("09:00", "09:50"),
        traffic=[Traffic("finder", "shop", lambda: finder.all_pods, 25, by_tag("8.0.0", 0.22), scrape=15)],
        alerts=[
            Alert(
                "FinderErrors",
                {"namespace": "shop", "service": "finder"},
                error_ratio(0.05),
                [("09:04:10", "09:06:10", "09:35:10")],
            )
        ],
        repositories={
            "acme/finder": [
                Deploy(
                    80,
                    "7.9.3",
                    "li-wei",
                    "12 days before 08:08:30",
                    "12 days before 08:08:44",
                    "12 days before 08:11:20",
                    inactive="09:05:01",
                ),
                Deploy(81, "8.0.0", "dana-reyes", "09:02:20", "09:02:35", "09:05:00", inactive="09:33:41"),
                Deploy(
                    82, "8.0.1", "noor-haddad", "09:30:40", "09:30:55", "09:33:40", title="hotfix: read both formats"
                ),
                *checks("acme/finder", 5, last=9),
            ],
        },
        notes=NOTES,
    )
