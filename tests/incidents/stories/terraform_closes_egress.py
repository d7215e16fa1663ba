"""An apply of Terraform closes the route from a service to its database; another one opens it again."""

from collections.abc import Mapping

from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert, error_ratio
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.systems import terraform
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World
from tests.sources.terraform.payloads import Cloud

NOTES = """\
16:09 Bo: cart cannot reach redis, connect timeouts
16:14 Bo: it's the terraform apply of 16:03, it removed the egress rule of the security group
16:18 Bo: reverting in terraform
"""


def play() -> Incident:
    world = World("2026-04-01", end="16:45:00", sizes=True)
    cart = Deployment(world, "shop", "cart", 5, "12.0.1", "3 days before 10:10:10")
    Service(world, cart)
    noise.usual(world, rolled=("16:30:00",), scaled=("16:10:00",))
    people = {"user-dana": "dana-reyes", "user-sam": "sam-okafor"}
    cloud = Cloud(users=people, workspaces={"ws-1": "network-production"})
    cloud.run(
        "run-r2",
        "2026-04-01T16:18:20.100Z",
        "applied",
        _states("16:18:50", "16:20:02", "16:20:05", "16:20:58"),
        confirmed_by="user-sam",
        counts=(1, 1, 0),
        message="Open the egress again",
    )
    cloud.run(
        "run-r1",
        "2026-04-01T15:58:20.100Z",
        "applied",
        _states("15:59:00", "16:03:01", "16:03:04", "16:04:02"),
        confirmed_by="user-dana",
        counts=(0, 1, 1),
        message="Tighten the egress rules",
    )
    fails = steps(("16:04:03", 0.72), ("16:21:02", 0.001), usual=0.001)(world)
    about = {"namespace": "shop", "service": "cart"}
    return Incident(
        world,
        ("15:55", "16:40"),
        traffic=[Traffic("cart", "shop", lambda: cart.all_pods, 20, fails, codes=("200", "503"), scrape=15)],
        alerts=[
            WATCHDOG,
            Alert("CartErrors", about, error_ratio(0.05), [("16:04:40", "16:06:40", "16:24:10")]),
        ],
        systems={"terraform": terraform(cloud)},
        notes=NOTES,
    )


def _states(planned: str, confirmed: str, applying: str, applied: str) -> Mapping[str, str]:
    clocks = {"planned": planned, "confirmed": confirmed, "applying": applying, "applied": applied}
    return {f"{state}-at": f"2026-04-01T{clock}+00:00" for state, clock in clocks.items()}
