"""A deploy by Jenkins breaks the service, the job that should take it back fails, and somebody does it by hand."""

from tests.incidents import noise
from tests.incidents.alerting import WATCHDOG, Alert, error_ratio
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.ids import Object
from tests.incidents.incident import Incident
from tests.incidents.systems import jenkins
from tests.incidents.traffic import Traffic, by_tag
from tests.incidents.world import World
from tests.sources.jenkins.payloads import build, by, given, stage

NOTES = """\
08:57 Ines: basket fails since this morning's deploy
09:19 Ines: Jenkins may not touch the namespace any more, we do it by hand
"""
JOB, TESTS = "deploy-basket", "basket-tests"


def play() -> Incident:
    world = World("2026-04-01", end="09:46:00")
    basket = Deployment(world, "shop", "basket", 4, "5.2.4", "6 days before 10:11:20")
    Service(world, basket)
    noise.usual(world, rolled=("09:06:00",), scaled=("08:55:00",))
    basket.rollout("08:47:32", "5.3.0")
    basket.undo("09:29:05")
    return Incident(
        world,
        ("08:40", "09:40"),
        traffic=[Traffic("basket", "shop", lambda: basket.all_pods, 24, by_tag("5.3.0", 0.26))],
        alerts=[
            WATCHDOG,
            Alert(
                "BasketErrorRatio",
                {"namespace": "shop", "service": "basket"},
                error_ratio(0.05),
                [("08:49:00", "08:51:00", "09:32:30")],
            ),
        ],
        systems={"jenkins": jenkins({JOB: deploys(), TESTS: tests()}, stages())},
        notes=NOTES,
    )


def deploys() -> list[Object]:
    """The last first."""
    user = "ines-moreau"
    return [
        run(119, "09:02:15", "09:02:41", user, "5.2.4", result="FAILURE"),
        run(118, "08:47:10", "08:49:05", "li-wei", "5.3.0"),
        run(117, "2026-03-26T10:11:02+00:00", "2026-03-26T10:13:10+00:00", "li-wei", "5.2.4"),
    ]


def run(number: int, started: str, ended: str, user: str, version: str, **more: object) -> Object:
    """A build of the job that deploys."""
    made = build(number, started, ended, given(VERSION=version, ENVIRONMENT="production"), **more)
    made["actions"][0] = by(user)
    return made


def tests() -> list[Object]:
    """Builds of what tests each change, every seven minutes."""
    return [
        build(900 - n, f"{9 - n // 8:02}:{49 - n % 8 * 7:02}:04", f"{9 - n // 8:02}:{53 - n % 8 * 7:02}:31")
        for n in range(20)
    ]


def stages() -> dict[tuple[str, int], tuple[str, list[Object]]]:
    """The stages of the builds that deploy, with when each began."""
    return {
        (JOB, 119): ("09:02:15", [stage("Deploy", "09:02:19", "09:02:40", "FAILED")]),
        (JOB, 118): ("08:47:10", [stage("Deploy", "08:47:19", "08:49:04")]),
    }
