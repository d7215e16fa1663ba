"""A merge is reverted in git; CI deploys the image of before."""

from datetime import timedelta

from tests.incident.github_payloads import Deploy
from tests.incidents import noise
from tests.incidents.alerting import Alert, error_ratio
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.github import checks
from tests.incidents.ids import commit
from tests.incidents.incident import Incident
from tests.incidents.traffic import Traffic, by_tag
from tests.incidents.world import World

BAD, GOOD = "5" * 7 + "c" + "7" * 32, "b8" + "2" * 38


def play() -> Incident:
    world = World("2026-09-07", end="15:10:00", nodes=5)
    admission = Deployment(
        world,
        "ingress-admission",
        "admission-webhook",
        2,
        "0.0.9",
        "44 days before 09:31:00",
        manager="Terraform",
        behaviour=Behaviour(ready=15, spread=3),
    )
    Service(world, admission)
    noise.usual(world, rolled=("12:40:00",), scaled=("13:15:00",))
    admission.rollout("11:32:40", "0.1.0")
    admission.undo("14:51:20", by="Terraform")
    refused = by_tag("0.1.0", 0.93, usual=0.004)
    return Incident(
        world,
        ("11:30", "15:00"),
        tz="Europe/London",
        traffic=[
            Traffic("admission-webhook", "ingress-admission", lambda: admission.all_pods, 1.6, refused, scrape=60)
        ],
        alerts=[
            Alert(
                "AdmissionRefusesAll",
                {"namespace": "ingress-admission", "service": "admission-webhook"},
                error_ratio(0.5, "5m"),
                [("11:37:00", "11:42:00", "14:56:20")],
                hold="5m",
            )
        ],
        repositories={
            "acme/admission-webhook": [
                Deploy(
                    40,
                    "0.0.9",
                    "li-wei",
                    "44 days before 09:29:30",
                    "44 days before 09:29:44",
                    "44 days before 09:31:55",
                    ref="main",
                    sha=commit("0.0.9"),
                    title="Admission webhook 0.0.9 (#31)",
                    inactive="11:33:41",
                ),
                Deploy(
                    41,
                    "0.1.0",
                    "sam-okafor",
                    "11:31:50",
                    "11:32:05",
                    "11:33:40",
                    ref="main",
                    sha=BAD,
                    title="Admission webhook 0.1.0 (#36)",
                    inactive="14:52:31",
                ),
                Deploy(
                    42,
                    "0.0.9",
                    "dana-reyes",
                    "14:50:31",
                    "14:50:44",
                    "14:52:30",
                    ref="main",
                    sha=GOOD,
                    title='Revert "Admission webhook 0.1.0 (#36)" (#39)',
                    reverts=BAD,
                ),
                *checks("acme/admission-webhook", 5, hours=5),
            ],
        },
        event_ttl=timedelta(hours=5),
        notes="12:54 Ines: users report that no ingress rule can be created, incident declared\n",
    )
