"""The disk of a node is mounted read-only; its pods crash until somebody drains it."""

from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World


def play() -> Incident:
    world = World("2026-01-27", end="22:45:00", nodes=5, sizes=True)
    sessions = Deployment(world, "identity", "sessions", 8, "4.0.2", "12 days before 10:00:00")
    Service(world, sessions)
    noise.usual(world, rolled=("22:30:00",), scaled=("22:12:00",))
    bad = sessions.all_pods[0].node
    assert bad
    bad.report(
        "22:04:20", "ReadonlyFilesystem", "FilesystemIsReadOnly", "EXT4-fs (nvme1n1): Remounting filesystem read-only"
    )
    broken = Behaviour(pull=0, fails="crash", dies_after=3, exit=1)

    def crash() -> None:
        for pod in bad.running:
            if pod.namespace == "identity":
                pod.die(code=1, again=broken)

    world.at("22:05:02", crash)
    bad.drain("22:16:10", each=1.0)
    bad.remove("22:25:30")
    fails = steps(("22:05:03", 0.24), ("22:16:30", 0.001), usual=0.001)(world)
    about = {"namespace": "identity", "service": "sessions"}
    return Incident(
        world,
        ("21:55", "22:40"),
        traffic=[Traffic("sessions", "identity", lambda: sessions.all_pods, 40, fails, scrape=15)],
        alerts=[
            WATCHDOG,
            Alert("SessionsErrors", about, error_ratio(0.05), [("22:06:10", "22:08:10", "22:21:10")]),
        ],
        notes=f"22:15 Ola (on-call): {bad.name.partition('.')[0]} has a read-only root disk, draining it\n",
    )
