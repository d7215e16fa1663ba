"""Nine nodes are terminated at once; what ran on them starts elsewhere, and one service misses most of its pods."""

from datetime import timedelta

from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

NOTES = """\
13:05 incident declared: an update of the instance group terminated 9 nodes
13:20 repaired, the minimum is 25 again
"""


def play() -> Incident:
    world = World("2026-09-28", end="13:58:00", nodes=25, zone="eu-west-2")
    slow = Behaviour(pull=25, ready=55, spread=20)
    intake = Deployment(world, "courts", "intake", 10, "3.4.0", "15 days before 10:00:00", behaviour=slow)
    Service(world, intake, host="intake.example.gov")
    noise.usual(world, 8, rolled=("13:30:00",), scaled=("12:50:00",))
    for place, node in enumerate(world.nodes[:9]):
        gone = world.moment("12:14:05") + timedelta(seconds=place * 6)
        node.fail(gone.isoformat())
        node.remove(gone + timedelta(seconds=75))
    failing = steps(("12:14:10", 0.36), ("12:17:30", 0.002), usual=0.002)(world)
    return Incident(
        world,
        ("12:05", "13:50"),
        tz="Europe/London",
        traffic=[Traffic("intake", "courts", lambda: intake.all_pods, 20, failing, codes=("200", "502"))],
        alerts=[
            Alert(
                "IntakeErrors",
                {"namespace": "courts", "service": "intake"},
                error_ratio(0.1, "1m"),
                [("12:14:40", "12:15:40", "12:18:40")],
                hold="1m",
            ),
            WATCHDOG,
        ],
        event_ttl=timedelta(hours=3),
        notes="\n".join(f"{int(line[:2]) + 1:02}{line[2:]}" for line in NOTES.splitlines()) + "\n",
    )
