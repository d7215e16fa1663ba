"""`helm upgrade --atomic`: the new pods never become ready, and Helm rolls back after its timeout."""

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
from tests.sources.helm.kept import NOW, record


def play() -> Incident:
    world = World("2026-06-18", end="09:58:00", sizes=True)
    cart = Deployment(world, "shop", "cart", 4, "7.2.0", "11 days before 15:02:08", manager="helm", unavailable=0.0)
    Service(world, cart)
    noise.usual(world, rolled=("09:41:00",), scaled=("09:27:00",))
    never = Behaviour(fails="unready", message="HTTP probe failed with statuscode: 500")
    cart.rollout("09:20:33", "7.3.0", behaviour=never)
    cart.undo("09:25:35", by="helm")

    def objects() -> list[Object]:
        return [
            release(
                world,
                31,
                "11 days before 15:02:06",
                "11 days before 15:02:40",
                "superseded",
                "7.2.0",
                "Upgrade complete",
            ),
            release(
                world, 32, "09:20:31", "09:25:32", "failed", "7.3.0", 'Upgrade "cart" failed: context deadline exceeded'
            ),
            release(world, 33, "09:25:33", "09:25:58", "deployed", "7.2.0", "Rollback to 31"),
        ]

    return Incident(
        world,
        ("09:15", "09:55"),
        traffic=[Traffic("cart", "shop", lambda: cart.all_pods, 21)],
        alerts=[
            WATCHDOG,
            Alert(
                "RolloutStuck",
                {"namespace": "shop", "service": "cart"},
                "max by (namespace, service) (kube_deployment_status_replicas_unavailable) > 0",
                [("09:21:00", "09:24:00", "09:27:00")],
                hold="3m",
                severity="warning",
            ),
        ],
        systems={"helm": in_cluster("helm", secrets=True)},
        more_objects=objects,
        notes="09:31 Ines: 7.3.0 never answered its probe, Helm has taken it back\n",
    )


def release(world: World, number: int, begun: str, ended: str, status: str, version: str, words: str) -> Object:
    """One record of the release `cart`."""
    created, modified = ((world.moment(clock) - NOW).total_seconds() for clock in (begun, ended))
    chart = {"metadata": {"name": "cart", "version": version, "appVersion": version}}
    made = record(number, created, status, modified, chart=chart, info={"status": status, "description": words})
    made["metadata"]["uid"] = f"00000000-0000-4000-8000-{number:012d}"
    return {"apiVersion": "v1", "kind": "Secret", **made}
