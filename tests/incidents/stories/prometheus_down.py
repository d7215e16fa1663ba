"""The ingress crashes, and Prometheus is blind for the worst of it."""

from tests.incidents import noise
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic
from tests.incidents.world import World

NOTES = """\
- 00:30 Sal: mails from the uptime check, the site and Grafana are down
- 00:32 Sal: the logs show errors of the NGINX ingress pods
- 00:33 Sal: deleted the ingress controller pods
- 00:35 Sal: the site and Grafana are back
"""


def play() -> Incident:
    world = World("2026-02-23", end="01:05:00", nodes=4)
    nginx = Deployment(
        world,
        "ingress",
        "nginx-front",
        3,
        "0.44.0",
        "70 days before 20:00:00",
        behaviour=Behaviour(pull=0, ready=12, spread=4),
    )
    Service(world, nginx)
    noise.usual(world, scaled=("00:20:00",))
    nginx.each(
        "00:26:48", lambda pod: pod.die(code=139, again=Behaviour(pull=0, fails="crash", exit=139, dies_after=2))
    )
    nginx.each("00:33:11", lambda pod: pod.delete(user="sal"))
    return Incident(
        world,
        ("00:15", "00:55"),
        traffic=[Traffic("nginx-front", "ingress", lambda: nginx.all_pods, 20, lambda at, tag: 0.002)],
        metrics_missing=[("00:27:30", "00:34:40")],
        notes=NOTES,
    )
