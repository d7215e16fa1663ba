"""A quota leaves no room for the new pods, and the deploy is reverted."""

from tests.incident.github_payloads import Deploy
from tests.incidents import noise
from tests.incidents.containers import Behaviour
from tests.incidents.deployment import Deployment
from tests.incidents.github import checks
from tests.incidents.ids import commit
from tests.incidents.incident import Incident
from tests.incidents.world import World


def play() -> Incident:
    world = World("2026-10-17", end="19:05:00", nodes=5)
    full = "exceeded quota: beta, requested: requests.cpu=500m, used: requests.cpu=10, limited: requests.cpu=10"

    def quota(pods: int) -> str:
        return full if pods >= 4 else ""

    launcher = Deployment(
        world,
        "beta",
        "launcher",
        4,
        "0.7.1",
        "12 days before 17:17:17",
        surge=0.25,
        unavailable=0,
        quota=quota,
        behaviour=Behaviour(ready=10),
    )
    noise.usual(world, rolled=("18:31:00",), scaled=("18:25:00",))
    launcher.rollout("18:17:40", "0.8.0")
    launcher.undo("18:40:22", by="kubectl-client-side-apply")
    return Incident(
        world,
        ("18:10", "18:55"),
        prometheus=False,
        repositories={
            "acme/launcher": [
                Deploy(
                    70,
                    "0.7.1",
                    "li-wei",
                    "12 days before 17:15:30",
                    "12 days before 17:15:44",
                    "12 days before 17:18:50",
                ),
                Deploy(
                    71,
                    "0.8.0",
                    "dana-reyes",
                    "18:16:50",
                    "18:17:04",
                    "18:28:01",
                    conclusion="failure",
                    title="Wait longer for launches (#88)",
                    sha=commit("pull request 88"),
                    ref="main",
                ),
                Deploy(
                    72,
                    "0.7.1",
                    "dana-reyes",
                    "18:39:31",
                    "18:39:46",
                    "18:40:58",
                    title='Revert "Wait longer for launches (#88)"',
                    reverts=commit("pull request 88"),
                    ref="main",
                    sha=commit("revert 88"),
                ),
                *checks("acme/launcher", 6, last=18),
            ],
        },
        alertmanager=[
            {
                "annotations": {"summary": "Quota of beta is used up"},
                "endsAt": "2026-10-17T19:08:40.120Z",
                "fingerprint": "5f0c3be87a2f11c4",
                "generatorURL": "https://prometheus.example.com/graph?g0.expr=kube_resourcequota",
                "labels": {"alertname": "QuotaUsedUp", "namespace": "beta", "severity": "info", "cluster": "binder"},
                "receivers": [{"name": "chat"}],
                "startsAt": "2026-10-17T17:41:10.120Z",
                "status": {"inhibitedBy": [], "silencedBy": [], "state": "active"},
                "updatedAt": "2026-10-17T19:04:40.131Z",
            }
        ],
        settings={"alertmanager": {"external_labels": ["cluster"]}},
        notes="18:36 Yuvi: the namespace is full of orphaned pods, no room for new ones\n",
    )
