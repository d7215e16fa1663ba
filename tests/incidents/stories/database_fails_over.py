"""The leader of a database runs out of memory, a replica takes over; notes count from the page."""

from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.stateful_sets import StatefulSet
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

NOTES = """\
T0 = 03:16 UTC
T+0 Amira is paged
T+2 Amira: patroni has made orders-db-1 the leader
T+7 Amira: orders-db-0 is a replica again
T+21 Amira: root cause is the report of the night, it sorts 40 GB in memory
"""


def play() -> Incident:
    world = World("2026-02-24", end="03:50:00", sizes=True)
    slow = Behaviour(pull=0, ready=40, spread=3)
    database = StatefulSet(world, "shop", "orders-db", 3, "15.4", "70 days before 02:00:00", slow)
    orders = Deployment(world, "shop", "orders", 4, "6.1.0", "7 days before 10:10:10")
    Service(world, orders)
    noise.usual(world, rolled=("03:25:00",), scaled=("03:05:00",))
    database.each("03:14:18", lambda pod: pod.die(code=137, reason="OOMKilled"), slice(0, 1))
    fails = steps(("03:14:19", 0.64), ("03:17:02", 0.001), usual=0.001)(world)
    about = {"namespace": "shop", "service": "orders"}
    return Incident(
        world,
        ("03:05", "03:45"),
        traffic=[Traffic("orders", "shop", lambda: orders.all_pods, 25, fails, scrape=15)],
        alerts=[
            WATCHDOG,
            Alert("OrdersErrors", about, error_ratio(0.05), [("03:15:10", "03:16:10", "03:19:40")], hold="1m"),
        ],
        notes=NOTES,
    )
