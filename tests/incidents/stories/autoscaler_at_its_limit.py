"""More traffic than the autoscaler's most pods can take; somebody raises its bound."""

from tests.incidents import noise
from tests.incidents.alerting import Alert, error_ratio
from tests.incidents.autoscaler import Autoscaler
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

NOTES = """\
20:14 Lindqvist (on-call): push campaign went out, tickets is at max replicas (8)
20:17 Lindqvist: raised maxReplicas to 20
"""
_ABOVE = "cpu resource utilization (percentage of request) above target"


def play() -> Incident:
    world = World("2026-11-14", end="21:00:00", nodes=8)
    tickets = Deployment(
        world, "events", "tickets", 4, "20261112.4", "2 days before 12:00:10", labels={"app": "tickets"}
    )
    Service(world, tickets)
    noise.usual(world, rolled=("20:25:00",), scaled=("20:11:00",))
    scaler = Autoscaler(world, tickets, 4, 8)
    scaler.scale("20:01:40", 6, _ABOVE)
    scaler.scale("20:02:10", 8, _ABOVE)

    def raise_bound() -> None:
        scaler.bounds = (4, 20)

    world.at("20:17:05", raise_bound)
    scaler.bounds = (4, 20)
    scaler.scale("20:17:20", 16, _ABOVE)
    scaler.scale("20:19:20", 18, _ABOVE)
    scaler.scale("20:50:20", 10, "All metrics below target")
    scaler.bounds = (4, 8)
    opening, over = world.moment("20:00:40"), world.moment("20:45:00")
    late = steps(("20:03:10", 0.4), ("20:19:00", 0.03), usual=0.02)(world)
    failing = steps(("20:04:10", 0.12), ("20:18:40", 0.001), usual=0.001)(world)
    return Incident(
        world,
        ("20:00", "20:45"),
        traffic=[
            Traffic(
                "tickets",
                "events",
                lambda: tickets.all_pods,
                20,
                failing,
                share=lambda at: 4.5 if opening <= at < over else 1.0,
                codes=("200", "503"),
                slow=late,
                named_by="app",
            )
        ],
        alerts=[
            Alert(
                "KubeHpaMaxedOut",
                {"namespace": "events", "horizontalpodautoscaler": "tickets"},
                "kube_hpa_status_current_replicas == kube_hpa_spec_max_replicas",
                [("20:02:20", "20:12:20", "20:17:40")],
                "10m",
                "warning",
            ),
            Alert(
                "tickets_slo_burn",
                {"namespace": "events", "app": "tickets"},
                error_ratio(0.05).replace("service", "app"),
                [("20:06:10", "20:08:10", "20:22:10")],
            ),
        ],
        notes=NOTES,
    )
