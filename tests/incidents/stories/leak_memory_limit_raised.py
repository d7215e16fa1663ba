"""A leak makes pods restart again and again at a slow rate; a higher limit is set by hand, the version stays."""

from tests.incidents import noise
from tests.incidents.alerting import Alert
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

NOTES = """\
16:24 Oyelaran (on-call): quote pods OOM every ~10 min since noon, leak in the new pdf lib I guess
16:31 Oyelaran: bumping the memory limit to 2Gi for tonight, real fix tomorrow
"""


def play() -> Incident:
    world = World("2026-11-03", end="17:10:00", sizes=True)
    quote = Deployment(
        world,
        "policy",
        "quote-api",
        3,
        "v2",
        "4 days before 12:00:10",
        labels={"app": "quote-api"},
        earlier=(("v1", "40 days before 10:00:00"),),
    )
    Service(world, quote)
    noise.usual(world, rolled=("16:15:00",), scaled=("16:21:00",))
    again = Behaviour(pull=0, ready=25, spread=3)
    for place, when in enumerate(("16:03:10", "16:08:44", "16:13:02", "16:17:20", "16:22:31", "16:27:12")):
        quote.each(
            when, lambda pod: pod.die(code=137, reason="OOMKilled", again=again), slice(place % 3, place % 3 + 1)
        )
    quote.rollout(
        "16:32:05",
        by="kubectl-edit",
        resources={"requests": {"cpu": "250m", "memory": "1Gi"}, "limits": {"memory": "2Gi"}},
        behaviour=Behaviour(pull=0, ready=25, spread=3),
    )
    changes = [(when, 0.3) for when in ("16:03:10", "16:08:44", "16:13:02", "16:17:20", "16:22:31", "16:27:12")]
    changes += [(f"{when[:3]}{int(when[3:5]) + 1:02}:05", 0.002) for when, _ in changes]
    errors = steps(*sorted(changes), usual=0.002)(world)
    return Incident(
        world,
        ("16:00", "17:00"),
        traffic=[Traffic("quote-api", "policy", lambda: quote.all_pods, 18, errors, named_by="app", scrape=15)],
        alerts=[
            Alert(
                "KubePodOOMKilled",
                {"namespace": "policy", "pod": "quote-api", "container": "quote-api"},
                "increase(kube_pod_container_status_restarts_total[10m]) > 1",
                [("16:14:00", "16:16:00", "16:42:00")],
                severity="warning",
            )
        ],
        notes=NOTES,
    )
