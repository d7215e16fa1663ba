"""The pods of an upgrade crash; Flux gives up after its timeout and rolls the release back by itself."""

from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.ids import Object
from tests.incidents.incident import Incident
from tests.incidents.systems import in_cluster
from tests.incidents.traffic import Traffic
from tests.incidents.world import World
from tests.sources.flux.objects import condition, event, release, repository, snapshot, stamp

CHART = "with chart quotes"


def play() -> Incident:
    world = World("2026-04-01", end="14:46:00", sizes=True)
    quotes = Deployment(
        world, "shop", "quotes", 6, "5.0.3", "12 days before 13:40:04", manager="helm-controller", unavailable=0.0
    )
    Service(world, quotes)
    noise.usual(world, rolled=("14:18:00",), scaled=("14:05:00",))
    crashes = Behaviour(fails="crash", dies_after=2.5, message="")
    quotes.rollout("14:04:12", "5.1.0", behaviour=crashes)
    quotes.undo("14:09:14", by="helm-controller")
    quotes.rollout("14:28:12", "5.1.1")
    return Incident(
        world,
        ("14:00", "14:40"),
        traffic=[Traffic("quotes", "shop", lambda: quotes.all_pods, 18)],
        alerts=[
            WATCHDOG,
            Alert(
                "PodsCrashLooping",
                {"namespace": "shop", "service": "quotes"},
                'max by (namespace, service) (kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}) > 0',
                [("14:05:00", "14:07:00", "14:10:00")],
                severity="warning",
            ),
        ],
        systems={"flux": in_cluster("flux")},
        more_objects=objects,
        notes="14:13 Ines: 5.1.0 misses a setting, Flux has taken it back, 5.1.1 is on its way\n",
    )


def objects() -> list[Object]:
    """The HelmRelease and its source as they are at the end, and what was reported; seconds since 14:00."""
    ours = release(
        snapshot(9, 1690, "deployed", "5.1.1"),
        snapshot(8, 553, "superseded", "5.0.3"),
        conditions=[
            condition(
                "Ready",
                "True",
                "UpgradeSucceeded",
                1722,
                f"Helm upgrade succeeded for release shop/quotes.v9 {CHART}@5.1.1",
            ),
            condition(
                "Released",
                "True",
                "UpgradeSucceeded",
                1722,
                f"Helm upgrade succeeded for release shop/quotes.v9 {CHART}@5.1.1",
            ),
        ],
        lastAttemptedRevision="5.1.1",
        lastAttemptedReleaseAction="upgrade",
    )
    named(ours)
    why = f"Helm upgrade failed for release shop/quotes {CHART}@5.1.0: context deadline exceeded"
    back = f"Helm rollback to previous release shop/quotes.v6 {CHART}@5.0.3 succeeded"
    done = f"Helm upgrade succeeded for release shop/quotes.v9 {CHART}@5.1.1"
    reported = [
        event("HelmRelease", 551, "UpgradeFailed", why, warning=True),
        event("HelmRelease", 556, "RollbackSucceeded", back),
        event("HelmRelease", 1722, "UpgradeSucceeded", done),
    ]
    for one in reported:
        one["involvedObject"]["name"] = "quotes"
        one["source"]["component"] = "helm-controller"
    return [ours, repository("c" * 40, 1640), *reported]


def named(found: Object) -> None:
    """Of the release `quotes`, installed long ago."""
    found["metadata"] |= {"name": "quotes", "uid": "uid-quotes", "creationTimestamp": stamp(-90 * 86400)}
    found["spec"]["chart"]["spec"]["chart"] = "quotes"
    for one in found["status"]["history"]:
        one |= {"name": "quotes", "chartName": "quotes", "firstDeployed": stamp(-90 * 86400)}
