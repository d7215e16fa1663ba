"""A stuck service is brought back by deleting its pods; the audit log knows by whom."""

from tests.incidents import noise
from tests.incidents.alerting import Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

NOTES = """\
22:03 Min: builds get to launching and never proceed
22:09 Yuvi: two people confirm that launches work again
"""


def play() -> Incident:
    world = World("2026-02-12", end="22:30:00", nodes=4)
    world.audited = True
    hub = Deployment(
        world, "prod", "hub", 1, "0.8.1", "25 days before 19:00:00", behaviour=Behaviour(pull=0, ready=14, spread=2)
    )
    binder = Deployment(
        world, "prod", "binder", 2, "0.2.0", "8 days before 20:00:00", behaviour=Behaviour(pull=0, ready=14, spread=2)
    )
    for one in (hub, binder):
        Service(world, one)
    noise.usual(world, rolled=("22:12:00",), scaled=("22:01:00",))
    for deployment in (hub, binder):
        deployment.each("22:08:05", lambda pod: pod.delete(user="yuvi@example.org"))
    stuck = steps(("21:58:20", 0.97), ("22:08:25", 0.003), usual=0.003)(world)
    return Incident(
        world,
        ("21:50", "22:20"),
        tz="UTC",
        traffic=[Traffic("hub", "prod", lambda: hub.all_pods, 5, stuck, codes=("200", "504"))],
        alerts=[
            Alert(
                "LaunchesFail",
                {"namespace": "prod", "service": "hub"},
                error_ratio(0.3),
                [("21:59:20", "22:01:20", "22:10:20")],
            )
        ],
        audit=True,
        notes=NOTES,
    )
