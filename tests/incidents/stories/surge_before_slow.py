"""An advertisement multiplies the requests; ten minutes later they are slow. Nothing was changed."""

from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert
from tests.incidents.autoscaler import Autoscaler
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

NOTES = """\
20:21 vik: search slow for everyone, p95 2s+
20:26 vik: hpa is maxed out at 12
20:29 vik: ~3.5x the queries of an hour ago, there is a tv ad
20:44 vik: traffic ebbs, latency ok again
"""
_QUANTILE = (
    "histogram_quantile(0.95, sum by (le, namespace, service) (rate(http_request_duration_seconds_bucket[5m]))) > 1"
)


def play() -> Incident:
    world = World("2026-11-05", end="21:00:00", sizes=True)
    search = Deployment(world, "web", "search", 4, "2.0.1", "6 days before 12:22:12")
    Service(world, search)
    scaler = Autoscaler(world, search, 4, 12)
    for at, size in (("20:06:10", 8), ("20:08:10", 12)):
        scaler.scale(at, size, "cpu resource utilization (percentage of request) above target")
    noise.usual(world, rolled=("20:31:00",), scaled=("20:19:00",))
    slow = steps(("20:14:30", 0.45), ("20:40:10", 0.01), usual=0.01)(world)
    begin, end = world.moment("20:04:50"), world.moment("20:39:00")
    return Incident(
        world,
        ("19:55", "20:55"),
        traffic=[
            Traffic(
                "search",
                "web",
                lambda: search.all_pods,
                20,
                lambda _at, _tag: 0.0002,
                slow=slow,
                share=lambda at: 3.6 if begin <= at < end else 1.0,
                scrape=15,
            )
        ],
        alerts=[
            WATCHDOG,
            Alert(
                "SearchLatencyP95",
                {"namespace": "web", "service": "search"},
                _QUANTILE,
                [("20:16:40", "20:19:40", "20:43:30")],
                hold="3m",
            ),
        ],
        notes=NOTES,
    )
