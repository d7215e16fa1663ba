"""A deploy names an image that was never pushed; the old pods serve on, and the change is reverted."""

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
- 16:25 Ana: asked in the channel why the deploy failed, the change is only a version bump
- 16:34 Ana: 441f5ea is the commit of the pull request, the image has the one of the merge
"""


def play() -> Incident:
    world = World("2026-01-14", end="17:14:30", nodes=5)
    hub = Deployment(
        world,
        "prod",
        "binder",
        3,
        "4e3bafa",
        "21 days before 18:02:11",
        registry="quay.example.com",
        repository="binder/binder",
        manager="helm",
        earlier=(("0d1c9aa", "50 days before 17:00:00"),),
    )
    Service(world, hub, host="hub.example.org")
    noise.usual(world, rolled=("16:40:10",), scaled=("16:20:00",))
    hub.rollout("16:03:12", "441f5ea", behaviour=Behaviour(fails="image"))
    hub.undo("16:17:40", by="helm")
    hub.rollout("16:59:20", "4e3bafb", behaviour=Behaviour(ready=20, spread=5))
    return Incident(
        world,
        ("16:00", "17:05"),
        traffic=[Traffic("binder", "prod", lambda: hub.all_pods, 8, lambda at, tag: 0.002)],
        repositories={
            "acme/binder": [
                Deploy(
                    250,
                    "4e3bafa",
                    "li-wei",
                    "21 days before 18:00:31",
                    "21 days before 18:00:45",
                    "21 days before 18:03:40",
                    sha="4e3bafa" + "1" * 33,
                    ref="main",
                    title="Bump binder to 4e3bafa",
                    inactive="16:18:41",
                ),
                Deploy(
                    254,
                    "441f5ea",
                    "dana-reyes",
                    "16:02:31",
                    "16:02:44",
                    "16:13:15",
                    conclusion="failure",
                    sha="9c0d41e" + "2" * 33,
                    ref="main",
                    title="Bump binder to 441f5ea (#254)",
                ),
                Deploy(
                    255,
                    "4e3bafa",
                    "dana-reyes",
                    "16:17:02",
                    "16:17:15",
                    "16:18:40",
                    sha="7be11d0" + "3" * 33,
                    ref="main",
                    title='Revert "Bump binder to 441f5ea" (#255)',
                    reverts="9c0d41e" + "2" * 33,
                    inactive="17:00:58",
                ),
                Deploy(
                    256,
                    "4e3bafb",
                    "dana-reyes",
                    "16:58:40",
                    "16:58:53",
                    "17:00:57",
                    sha="51aa0c9" + "4" * 33,
                    ref="main",
                    title="Bump binder to 4e3bafb (#256)",
                ),
                *checks("acme/binder", 8, last=17),
            ],
        },
        notes=NOTES,
    )
