"""Errors creep up for forty minutes until a pod is deleted by hand."""

from datetime import datetime

from tests.incidents import noise
from tests.incidents.alerting import Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic
from tests.incidents.world import World

NOTES = """\
- 19:16 Chris: CPU of the builder is at 100%, launches take forever
- 19:19 Chris: deleted the builder pods
"""


def play() -> Incident:
    world = World("2026-07-30", end="19:50:00", nodes=5)
    builder = Deployment(
        world, "prod", "builder", 2, "0.9.30", "9 days before 17:00:00", behaviour=Behaviour(pull=0, ready=12, spread=3)
    )
    Service(world, builder)
    noise.usual(world, rolled=("18:50:00",), scaled=("19:05:00",))
    start, stop = world.moment("18:39:00"), world.moment("19:19:30")

    def errors(at: datetime, _tag: str) -> float:
        if not start <= at < stop:
            return 0.002
        return 0.002 + 0.18 * ((at - start) / (stop - start)) ** 1.2

    def slow(at: datetime, _tag: str) -> float:
        return 0.02 + (0.5 * ((at - start) / (stop - start)) if start <= at < stop else 0)

    builder.each("19:19:08", lambda pod: pod.delete(user="chris"), slice(0, 1))
    builder.each("19:19:24", lambda pod: pod.delete(user="chris"), slice(0, 1))
    return Incident(
        world,
        ("18:30", "19:40"),
        traffic=[Traffic("builder", "prod", lambda: builder.all_pods, 14, errors)],
        alerts=[
            Alert(
                "BuilderErrors",
                {"namespace": "prod", "service": "builder"},
                error_ratio(0.05),
                [("18:53:20", "18:58:20", "19:21:20")],
                hold="5m",
            )
        ],
        notes=NOTES,
    )
