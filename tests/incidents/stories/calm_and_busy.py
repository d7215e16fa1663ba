"""Nothing is wrong: deploys, autoscaling and cron jobs of an ordinary half hour."""

from tests.incident.github_payloads import Deploy
from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.github import checks
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic
from tests.incidents.world import World


def play() -> Incident:
    world = World("2026-06-24", end="10:50:00")
    first = Deployment(world, "shop", "wishlist", 4, "2.2.0", "9 days before 10:12:12")
    second = Deployment(world, "shop", "vouchers", 3, "0.88.1", "4 days before 10:12:12")
    for one in (first, second):
        Service(world, one)
    noise.usual(
        world, 8, rolled=("10:03:00", "10:11:00", "10:19:00"), scaled=("10:06:00", "10:14:00", "10:21:00"), much=2
    )
    first.rollout("10:08:31", "2.3.0")
    disk = {"instance": "10.0.9.9:9100", "mountpoint": "/var"}
    return Incident(
        world,
        ("10:00", "10:30"),
        traffic=[
            Traffic("wishlist", "shop", lambda: first.all_pods, 20),
            Traffic("vouchers", "shop", lambda: second.all_pods, 3, lambda at, tag: 0.004),
        ],
        alerts=[
            WATCHDOG,
            Alert(
                "DiskWillFillIn4Weeks",
                disk,
                "predict_linear(node_filesystem_avail_bytes[6h], 2419200) < 0",
                [("3 days before 04:00:00", "3 days before 05:00:00", "")],
                "1h",
                "info",
            ),
        ],
        repositories={
            "acme/wishlist": [
                Deploy(
                    10,
                    "2.2.0",
                    "li-wei",
                    "9 days before 10:10:30",
                    "9 days before 10:10:44",
                    "9 days before 10:13:01",
                    inactive="10:09:31",
                ),
                Deploy(11, "2.3.0", "li-wei", "10:07:40", "10:07:54", "10:09:30"),
                *checks("acme/wishlist", 9, last=10),
            ],
        },
    )
