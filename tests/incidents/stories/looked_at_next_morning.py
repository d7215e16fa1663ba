"""A rollout that crashes in the night is looked into hours later, when only the recorder still knows."""

from tests.incident.github_payloads import Deploy
from tests.incidents import noise
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.github import checks
from tests.incidents.incident import Incident
from tests.incidents.jobs import CronJob
from tests.incidents.recorded import Recorded
from tests.incidents.world import World


def play() -> Incident:
    world = World("2026-03-05", end="09:12:00", nodes=4)
    world.recorded = Recorded(world.moment("01:30:00"), world.moment("05:00:00"))
    settlement = Deployment(
        world, "money", "settlement", 3, "5.5.0", "27 days before 04:00:10", unavailable=0.34, manager="helm"
    )
    Service(world, settlement)
    others = noise.background(world, 4)
    noise.probes(world, others, 700, minutes=480)
    noise.chatter(world, 500, minutes=480)
    noise.rollouts(world, others, ("03:40:00",))
    for name in ("reindex", "cleanup"):
        CronJob(world, "backoffice", name, 10, since="01:00:00")
    settlement.rollout("03:06:14", "5.6.0", behaviour=Behaviour(fails="crash", dies_after=3, exit=78))
    settlement.undo("03:31:22", by="kubectl-rollout")
    return Incident(
        world,
        ("03:00", "03:50"),
        prometheus=False,
        repositories={
            "acme/settlement": [
                Deploy(
                    120,
                    "5.5.0",
                    "li-wei",
                    "27 days before 03:58:30",
                    "27 days before 03:58:44",
                    "27 days before 04:01:30",
                ),
                Deploy(121, "5.6.0", "sam-okafor", "03:05:30", "03:05:44", "03:16:20", conclusion="failure"),
                *checks("acme/settlement", 5, last=4),
            ],
        },
        notes="03:24 Eva (on-call): settlement 5.6.0 exits at once, a migration is missing\n",
    )
