"""A ConfigMap is edited by hand, pods crash on it, and a restart makes it worse."""

from tests.incidents import noise
from tests.incidents.alerting import Alert, error_ratio
from tests.incidents.configs import Config
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.incident import Incident
from tests.incidents.pods import Pod
from tests.incidents.traffic import Traffic, steps
from tests.incidents.world import World

NOTES = """\
- 10:01 incident declared, half of the ingress is down
- 10:28 Kofi: the edit of this morning broke the template, putting back what is in git
"""


def play() -> Incident:
    world = World("2026-08-14", end="10:50:00", nodes=5)
    front = Deployment(
        world, "ingress", "ingress-front", 6, "0.34.1", "80 days before 11:00:00", config="ingress-front-config"
    )
    config = Config(world, "ingress", "ingress-front-config")
    noise.usual(world, rolled=("10:20:00",), scaled=("10:12:00",))
    broken = Behaviour(pull=0, fails="crash", dies_after=4, exit=1)

    def end(pod: Pod) -> None:
        pod.die(code=1, again=broken)

    config.change("09:40:12", "kubectl-edit")
    front.each("09:41:06", end, slice(0, 1))
    front.each("09:41:31", end, slice(1, 2))
    front.restart("10:04:20", behaviour=broken)
    config.change("10:30:31", "kubectl-client-side-apply")

    def repair(pod: Pod) -> None:
        pod.behaviour = Behaviour(pull=0, ready=10)

    def later() -> None:
        front.current.behaviour = Behaviour(pull=0, ready=10)

    front.each("10:30:32", repair)
    world.at("10:30:33", later)
    errors = steps(("09:41:10", 0.12), ("10:04:25", 0.33), ("10:35:35", 0.002), usual=0.002)(world)
    return Incident(
        world,
        ("09:35", "10:45"),
        tz="Europe/London",
        traffic=[Traffic("ingress-front", "ingress", lambda: front.all_pods, 45, errors, codes=("200", "502"))],
        alerts=[
            Alert(
                "IngressErrors",
                {"namespace": "ingress", "service": "ingress-front"},
                error_ratio(0.05),
                [("09:41:58", "09:43:58", "10:38:10")],
            )
        ],
        notes=NOTES.replace("10:01", "11:01").replace("10:28", "11:28"),
    )
