"""Argo CD syncs a bad version out of the configuration's repository; there it is reverted, and synced back."""

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
MERGED = [
    ("12:10:00", "li-wei", "Alert rules of search"),
    ("14:01:10", "dana-reyes", "checkout 2.4.0 (#512)"),
    ("14:07:20", "maria-ortiz", "search 11.1.0 (#513)"),
    ("14:19:50", "li-wei", 'Revert "checkout 2.4.0 (#512)" (#514)'),
]
IMAGES = "registry.example.com/shop"


def play() -> Incident:
    world = World("2026-04-01", end="14:48:00", sizes=True)
    checkout = Deployment(world, "shop", "checkout", 6, "2.3.8", "9 days before 10:12:33", manager=CONTROLLER)
    search = Deployment(world, "shop", "search", 4, "11.0.2", "6 days before 16:02:10", manager=CONTROLLER)
    for one in (checkout, search):
        Service(world, one)
    noise.usual(world, rolled=("14:31:00",), scaled=("14:12:00",))
    checkout.rollout("14:03:22", "2.4.0")
    search.rollout("14:09:32", "11.1.0")
    checkout.undo("14:21:42", by=CONTROLLER)
    return Incident(
        world,
        ("14:00", "14:40"),
        traffic=[
            Traffic("checkout", "shop", lambda: checkout.all_pods, 40, by_tag("2.4.0", 0.28), scrape=15),
            Traffic("search", "shop", lambda: search.all_pods, 25),
        ],
        alerts=[
            WATCHDOG,
            Alert(
                "CheckoutErrors",
                {"namespace": "shop", "service": "checkout"},
                error_ratio(0.05),
                [("14:05:15", "14:08:15", "14:26:15")],
                hold="3m",
            ),
        ],
        systems={
            "argocd": in_cluster("argocd"),
            "config": clone(MERGED, service="config"),
        },
        more_objects=objects,
        notes="14:16 Sam: only pods of 2.4.0 fail, I revert it in git\n",
    )


def objects() -> list[Object]:
    """The Applications and what their controller reports; times are seconds since 14:00."""
    days = 86400.0
    before, bad, other, revert = commits_of(MERGED)
    synced = {"revision": revert, "resources": [_synced("checkout", "2.3.8")]}
    ours = application(
        entry(41, before, -9 * days - 13640, -9 * days - 13636),
        entry(42, bad, 200, 205),
        entry(43, revert, 1300, 1304),
        state=operation("Succeeded", 1300, 1304, syncResult=synced, message="successfully synced (all tasks run)"),
        status={"summary": {"images": [f"{IMAGES}/checkout:2.3.8"]}},
    )
    result = {"revision": other, "resources": [_synced("search", "11.1.0")]}
    beside = application(
        entry(17, before, -6 * days + 7330, -6 * days + 7334),
        entry(18, other, 570, 575),
        state=operation("Succeeded", 570, 575, syncResult=result, message="successfully synced (all tasks run)"),
        name="search",
        status={"summary": {"images": [f"{IMAGES}/search:11.1.0"]}},
    )
    beside["status"]["resources"] = [
        {"group": "apps", "version": "v1", "kind": "Deployment", "namespace": "shop", "name": "search"}
    ]
    steps = [(bad, 200, "checkout"), (other, 570, "search"), (revert, 1300, "checkout")]
    reported = []
    for number, (revision, at, name) in enumerate(steps):
        begun, ended = f"Initiated automated sync to '{revision}'", f"Sync operation to {revision} succeeded"
        reported.append(event(2 * number, at, "OperationStarted", begun, name))
        reported.append(event(2 * number + 1, at + 5, "OperationCompleted", ended, name))
    return [ours, beside, *reported]


def _synced(name: str, version: str) -> Object:
    return {
        "group": "apps",
        "version": "v1",
        "kind": "Deployment",
        "namespace": "shop",
        "name": name,
        "status": "Synced",
        "message": f"deployment.apps/{name} configured",
        "hookPhase": "Running",
        "syncPhase": "Sync",
        "images": [f"{IMAGES}/{name}:{version}"],
    }
