"""The name server of the cluster crashes on its own settings, and every service fails."""

from tests.incidents import noise
from tests.incidents.alerting import Alert, error_ratio
from tests.incidents.configs import Config
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

NOTES = """\
15:09 Amir (on-call): everything fails to resolve, the cluster DNS is down
15:19 Amir: the new stub domain in the Corefile has a typo, taking it out
"""


_NAMES = (
    "web",
    "orders",
    "mail",
    "cart",
    "search",
    "login",
    "stock",
    "prices",
    "reviews",
    "images",
    "wishlist",
    "coupons",
)


def play() -> Incident:
    world = World("2026-03-17", end="15:50:00", sizes=True)
    dns = Deployment(
        world,
        "kube-system",
        "coredns",
        2,
        "v1.9.3",
        "60 days before 10:00:00",
        registry="registry.k8s.io",
        repository="coredns/coredns",
        labels={"k8s-app": "kube-dns"},
        config="coredns",
    )
    corefile = Config(world, "kube-system", "coredns")
    services = [Deployment(world, "shop", name, 3, "4.2.0", "9 days before 09:00:00") for name in _NAMES]
    for one in services:
        Service(world, one)
    noise.usual(world, rolled=("15:30:00",), scaled=("15:12:00",))
    broken = Behaviour(pull=0, fails="crash", dies_after=2, exit=1)
    corefile.change("15:02:20", "kubectl-edit")
    dns.restart("15:02:50", behaviour=broken)
    dns.each("15:03:05", lambda pod: pod.die(code=1, again=broken))
    corefile.change("15:20:10", "kubectl-client-side-apply")

    def repair(pod) -> None:  # type: ignore[no-untyped-def]
        pod.behaviour = Behaviour(pull=0, ready=4)

    def later() -> None:
        dns.current.behaviour = Behaviour(pull=0, ready=4)

    dns.each("15:20:12", repair)
    world.at("15:20:13", later)
    dns.restart("15:20:40", behaviour=Behaviour(pull=0, ready=4))
    errors = steps(("15:03:10", 0.62), ("15:21:10", 0.001), usual=0.001)(world)
    shop = {"namespace": "shop"}
    return Incident(
        world,
        ("15:00", "15:40"),
        traffic=[Traffic(one.name, "shop", lambda one=one: one.all_pods, 22, errors) for one in services],
        alerts=[
            Alert(
                "HighErrorRatio", {**shop, "service": name}, error_ratio(0.05), [("15:03:50", "15:05:50", "15:23:20")]
            )
            for name in _NAMES
        ],
        notes=NOTES,
    )
