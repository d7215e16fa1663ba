"""A deploy fails in staging, is reverted and repeated there, and then goes to production without trouble."""

from datetime import timedelta

from tests.incident.github_payloads import Deploy
from tests.incidents import noise
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.github import checks
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic
from tests.incidents.world import World

NOTES = """\
- 19:34 Carol: launched ThinkDSP with the production service, all is fine
"""


def play() -> Incident:
    world = World("2026-01-04", end="19:52:00", nodes=5)
    usual = Behaviour(pull=6, ready=14, spread=4)
    known = {"registry": "quay.example.com", "repository": "binder/binder", "manager": "helm", "behaviour": usual}
    since = "9 days before 18:02:11"
    staging = Deployment(world, "staging", "binder", 1, "c1d2e00", since, **known)  # type: ignore[arg-type]  # values of several types
    prod = Deployment(world, "prod", "binder", 3, "c1d2e00", "9 days before 18:40:11", **known)  # type: ignore[arg-type]  # values of several types
    for one in (staging, prod):
        Service(world, one, host=f"{one.namespace}.example.org")
    noise.usual(world, scaled=("19:20:00",))
    staging.rollout("16:03:12", "441f5ea", behaviour=Behaviour(fails="image"))
    staging.undo("16:17:40", by="helm")
    staging.rollout("16:59:20", "4e3bafb")
    prod.rollout("19:31:10", "4e3bafb")
    return Incident(
        world,
        ("15:55", "19:45"),
        event_ttl=timedelta(hours=5),
        traffic=[Traffic("binder", "prod", lambda: prod.all_pods, 8, lambda at, tag: 0.002)],
        repositories={
            "acme/mybinder-deploy": [
                _deploy(254, "441f5ea", "16:02:31", "16:13:15", "staging", conclusion="failure"),
                _deploy(255, "c1d2e00", "16:17:02", "16:18:40", "staging"),
                _deploy(256, "4e3bafb", "16:58:40", "17:00:57", "staging"),
                _deploy(257, "4e3bafb", "19:30:31", "19:32:40", "production"),
                *checks("acme/mybinder-deploy", 10, hours=4, last=19),
            ]
        },
        services={"acme/mybinder-deploy": "binder"},
        notes=NOTES,
    )


def _deploy(number: int, version: str, start: str, end: str, environment: str, conclusion: str = "success") -> Deploy:
    begun = f"{start[:6]}{int(start[6:]) + 13:02}"
    sha = f"{number:x}".rjust(3, "0") + f"{number:040x}"[-37:]
    title = f"Bump binder to {version} (#{number})"
    return Deploy(
        number,
        version,
        "dana-reyes",
        start,
        begun,
        end,
        environment=environment,
        conclusion=conclusion,
        sha=sha,
        ref="main",
        title=title,
    )
