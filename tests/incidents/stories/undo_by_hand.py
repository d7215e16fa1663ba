"""Hundreds of job pods miss their Secret after a bump; the bump is undone with kubectl."""

from datetime import timedelta

from tests.incident.github_payloads import Deploy
from tests.incidents import noise
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.edge import Service
from tests.incidents.github import checks
from tests.incidents.ids import Object, commit, uid
from tests.incidents.incident import Incident
from tests.incidents.pods import Pod
from tests.incidents.recorder import About
from tests.incidents.world import World

NOTES = """\
16:57 Kat: statuses that should have been removed are still there
17:12 Kat: merged the rollback by hand
17:27 Kat: the pods are created in the wrong namespace
17:34 Kat: prow works again
"""


def play() -> Incident:
    world = World("2026-02-05", end="17:44:00", nodes=14)
    plank = Deployment(
        world,
        "prow",
        "plank",
        2,
        "v20260201-1ff2a",
        "4 days before 17:20:11",
        registry="gcr.example.com",
        manager="kubectl-client-side-apply",
        earlier=(("v20260122-77aa1", "14 days before 17:02:00"),),
        behaviour=Behaviour(ready=9, spread=3),
    )
    deck = Deployment(world, "prow", "deck", 3, "v20260201-1ff2a", "4 days before 17:20:12", registry="gcr.example.com")
    Service(world, deck, host="prow.example.org")
    others = noise.background(world, 30, 6, ("platform", "backoffice", "search", "media"))
    noise.probes(world, others, 4200)
    noise.crons(world, 48, minutes=1)
    noise.rollouts(world, others, ("16:50:00", "17:06:00", "17:31:00"))
    noise.chatter(world, 3000)
    plank.rollout("16:48:21", "v20260205-9c3d0")
    plank.undo("17:29:14", by="kubectl-rollout")
    stuck = Behaviour(fails="secret", message="gcs-credentials")
    for place in range(415):
        at = world.moment("16:49:10") + timedelta(seconds=place * 5.7)
        world.at(at, lambda place=place: _job(world, place, stuck))
    return Incident(
        world,
        ("16:40", "17:40"),
        tz="America/Los_Angeles",
        prometheus=False,
        repositories={
            "example/prow-config": [
                Deploy(
                    9001,
                    "v20260201-1ff2a",
                    "li-wei",
                    "4 days before 17:18:31",
                    "4 days before 17:18:44",
                    "4 days before 17:21:10",
                    ref="master",
                    title="Bump prow to v20260201-1ff2a (#11010)",
                    inactive="16:49:32",
                ),
                Deploy(
                    9002,
                    "v20260205-9c3d0",
                    "li-wei",
                    "16:47:12",
                    "16:47:30",
                    "16:49:31",
                    ref="master",
                    title="Bump prow to v20260205-9c3d0 (#11101)",
                    sha=commit("bump"),
                ),
                Deploy(
                    9003,
                    "v20260201-1ff2a",
                    "maria-ortiz",
                    "17:12:06",
                    "17:12:20",
                    "17:27:25",
                    ref="master",
                    title='Revert "Bump prow to v20260205-9c3d0" (#11102)',
                    reverts=commit("bump"),
                    conclusion="failure",
                    sha=commit("revert"),
                ),
                *checks("example/prow-config", 14, last=17),
            ],
        },
        services={"example/prow-config": "plank"},
        notes="\n".join(_there(line) for line in NOTES.splitlines()) + "\n",
    )


def _there(line: str) -> str:
    """At the Pacific, eight hours behind."""
    return f"{int(line[:2]) - 8:02}{line[2:]}"


def _job(world: World, place: int, behaviour: Behaviour) -> None:
    name = uid("prowjob", place)
    labels = {"created-by-prow": "true", "prow.k8s.io/type": "presubmit", "prow.k8s.io/job": f"pull-test-{place % 23}"}
    template: Object = {
        "metadata": {"labels": labels},
        "spec": {
            "containers": [{"name": "test", "image": "gcr.example.com/test/kubekins:v20260201"}],
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 30,
            "dnsPolicy": "ClusterFirst",
            "schedulerName": "default-scheduler",
            "securityContext": {},
        },
    }
    owner = About("ProwJob", "default", name, uid("owner", place), "prow.k8s.io/v1")
    pod = Pod(world, owner, name, template, behaviour)
    usable = [node for node in world.nodes if node.usable]
    pod.reserve(usable[place % len(usable)])
    world.parts.append(pod)
