"""A gRPC service fails after a deploy; a hotfix helps in part; after midnight and a hand-off it relapses."""

from datetime import timedelta

from tests.incident.github_payloads import Deploy
from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

NOTES = """\
22:31 Sofia (on-call): fx-rates answers UNAVAILABLE for a third of calls
22:44 Sofia: deadline exceeded in the new cache client, since 2.14.0. Fixing forward
23:05 Sofia: hotfix 2.14.1 rolling out
23:12 Sofia: much better, 4% left
23:58 Sofia: handing over to Kenji (Tokyo). watching
00:22 Kenji: it is back, 38%
00:31 Kenji: 2.14.1 leaks connections to the cache. no more fixing forward, going back to 2.13.6
00:44 Kenji: all clear
"""
_RATIO = (
    'sum by (namespace, app) (rate(grpc_server_handled_total{grpc_code=~"Unavailable|Internal"}[2m]))'
    " / sum by (namespace, app) (rate(grpc_server_handled_total[2m])) > 0.1"
)


def evening(clock: str) -> str:
    """A time of the day before."""
    return f"1 days before {clock}"


def play() -> Incident:
    world = World("2026-11-19", end="01:10:00", sizes=True)
    rates = Deployment(world, "fx", "fx-rates", 6, "2.13.6", "9 days before 09:20:00")
    Service(world, rates)
    noise.usual(world, rolled=("00:25:00",), scaled=("00:10:00",))
    rates.rollout(evening("22:25:40"), "2.14.0")
    rates.rollout(evening("23:06:10"), "2.14.1")
    rates.undo("00:34:40", to="2.13.6")
    changes = ((evening("22:27:00"), 0.34), (evening("23:07:30"), 0.04), ("00:17:10", 0.38), ("00:36:40", 0.001))
    return Incident(
        world,
        (evening("22:15:00"), "01:00:00"),
        event_ttl=timedelta(hours=4),
        traffic=[
            Traffic(
                "fx-rates",
                "fx",
                lambda: rates.all_pods,
                44,
                steps(*changes, usual=0.001)(world),
                metric="grpc_server_handled",
                code="grpc_code",
                codes=("OK", "Unavailable"),
                labels={"grpc_service": "acme.fx.v1.Rates", "grpc_method": "Get"},
                named_by="app",
                scrape=15,
            )
        ],
        alerts=[
            WATCHDOG,
            Alert(
                "GrpcErrors",
                {"namespace": "fx", "app": "fx-rates"},
                _RATIO,
                [
                    (evening("22:28:10"), evening("22:30:10"), evening("23:10:10")),
                    ("00:18:10", "00:20:10", "00:41:10"),
                ],
            ),
        ],
        repositories={"acme/fx-rates": runs()},
        notes=NOTES,
    )


def runs() -> list[Deploy]:
    """The deploys, with the one of days before."""
    old = [f"9 days before {clock}" for clock in ("09:18:00", "09:18:20", "09:21:20")]
    first = [evening(clock) for clock in ("22:24:50", "22:25:10", "22:27:20")]
    second = [evening(clock) for clock in ("23:05:20", "23:05:40", "23:07:50")]
    return [
        Deploy(61, "2.13.6", "sofia-l", old[0], old[1], old[2]),
        Deploy(71, "2.14.0", "sofia-l", first[0], first[1], first[2]),
        Deploy(72, "2.14.1", "sofia-l", second[0], second[1], second[2]),
        Deploy(73, "2.13.6", "kenji-t", "00:33:50", "00:34:10", "00:36:20", event="workflow_dispatch"),
    ]
