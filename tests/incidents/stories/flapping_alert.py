"""An alert fires twelve times in an hour, as the errors come and go."""

from datetime import timedelta

from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert, error_ratio
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World


def play() -> Incident:
    world = World("2026-03-30", end="21:20:00")
    finder = Deployment(world, "search", "finder", 4, "12.4.0", "30 days before 09:00:30")
    Service(world, finder)
    noise.usual(world, rolled=("20:33:00",), scaled=("20:15:00", "20:40:00"))
    starts = [world.moment("20:03:00") + timedelta(minutes=5 * place) for place in range(12)]
    flaps: list[tuple[str, float]] = []
    fired = []
    for start in starts:
        flaps += [(start.isoformat(), 0.12), ((start + timedelta(seconds=150)).isoformat(), 0.001)]
        pending, firing, end = ((start + timedelta(seconds=after)).isoformat() for after in (45, 75, 195))
        fired.append((pending, firing, end))
    return Incident(
        world,
        ("20:00", "21:10"),
        traffic=[Traffic("finder", "search", lambda: finder.all_pods, 30, steps(*flaps)(world), codes=("200", "503"))],
        alerts=[
            Alert(
                "FinderErrors", {"namespace": "search", "service": "finder"}, error_ratio(0.05, "1m"), fired, hold="30s"
            ),
            WATCHDOG,
        ],
        notes="20:41 Ola (on-call): finder flaps, the index node behind it is compacting\n",
    )
