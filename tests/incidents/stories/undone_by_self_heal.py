"""A bad version is undone by hand, Argo CD puts it back, and once its automation is off it is undone again."""

from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert, error_ratio
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.ids import Object
from tests.incidents.incident import Incident
from tests.incidents.systems import clone, commits_of, in_cluster
from tests.incidents.traffic import Traffic, by_tag
from tests.incidents.world import World
from tests.sources.argocd.objects import application, entry, event, operation

CONTROLLER = "argocd-controller"
MERGED = [("12:10:00", "li-wei", "Alert rules"), ("14:01:10", "dana-reyes", "checkout 2.4.0 (#512)")]
NOTES = """\
14:10 Sam: undoing checkout by hand
14:14 Sam: argo put 2.4.0 back :( turning auto-sync off
14:16 Sam: undone again
"""


def play() -> Incident:
    world = World("2026-04-01", end="14:48:00", sizes=True)
    checkout = Deployment(world, "shop", "checkout", 6, "2.3.8", "9 days before 10:12:33", manager=CONTROLLER)
    Service(world, checkout)
    noise.usual(world, rolled=("14:31:00",), scaled=("14:12:00",))
    checkout.rollout("14:03:22", "2.4.0")
    checkout.undo("14:10:42")
    checkout.undo("14:12:30", by=CONTROLLER, to="2.4.0")
    checkout.undo("14:16:20", to="2.3.8")
    return Incident(
        world,
        ("14:00", "14:40"),
        traffic=[Traffic("checkout", "shop", lambda: checkout.all_pods, 40, by_tag("2.4.0", 0.28), scrape=15)],
        alerts=[
            WATCHDOG,
            Alert(
                "CheckoutErrors",
                {"namespace": "shop", "service": "checkout"},
                error_ratio(0.05),
                [("14:05:15", "14:07:15", "14:21:15")],
            ),
        ],
        systems={"argocd": in_cluster("argocd"), "config": clone(MERGED, service="config")},
        more_objects=objects,
        notes=NOTES,
    )


def objects() -> list[Object]:
    """The Application and what its controller reports; times are seconds since 14:00."""
    days = 86400.0
    before, bad = commits_of(MERGED)
    put_back = {"revision": bad, "resources": [_synced()]}
    ours = application(
        entry(41, before, -9 * days - 13640, -9 * days - 13636),
        entry(42, bad, 200, 205),
        state=operation("Succeeded", 750, 752, syncResult=put_back, message="successfully synced (all tasks run)"),
        status={
            "summary": {"images": ["registry.example.com/shop/checkout:2.3.8"]},
            "sync": {"status": "OutOfSync", "revision": bad},
        },
    )
    ours["spec"].pop("syncPolicy")
    return [
        ours,
        event(0, 200, "OperationStarted", f"Initiated automated sync to '{bad}'"),
        event(1, 205, "OperationCompleted", f"Sync operation to {bad} succeeded"),
        event(2, 644, "ResourceUpdated", "Updated sync status: Synced -> OutOfSync"),
        event(3, 750, "OperationStarted", f"Initiated automated sync to '{bad}'"),
        event(4, 752, "OperationCompleted", f"Partial sync operation to {bad} succeeded"),
        event(5, 753, "ResourceUpdated", "Updated sync status: OutOfSync -> Synced"),
        event(6, 981, "ResourceUpdated", "Updated sync status: Synced -> OutOfSync"),
    ]


def _synced() -> Object:
    return {
        "group": "apps",
        "version": "v1",
        "kind": "Deployment",
        "namespace": "shop",
        "name": "checkout",
        "status": "Synced",
        "message": "deployment.apps/checkout configured",
        "hookPhase": "Running",
        "syncPhase": "Sync",
        "images": ["registry.example.com/shop/checkout:2.4.0"],
    }
