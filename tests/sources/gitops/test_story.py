"""What the tools report, together with a rollout in the cluster, is one deploy."""

from collector.event import Event, Identity, Subject
from collector.gather import Gathered
from collector.scope import Scope
from collector.timeline import draft
from sources.cluster.facts.rollouts import RolloutName, rollout_completed, rollout_started
from sources.fact import Moment, report
from tests.collector.build import WINDOW
from tests.sources.argocd import objects as argo
from tests.sources.argocd.objects import at
from tests.sources.helm import kept as helm


def rollout(begun: float, done: float, replica_set: str, version: str, replaces: str) -> list[Event]:
    subject = Subject(service="checkout", cluster="prod", namespace="shop", workload="Deployment/checkout")
    name = RolloutName(subject=subject, template=f"ReplicaSet/{replica_set}", version=version, replaces=replaces)
    keys = Identity(version=version, replaces=replaces, replica_set=replica_set)
    numbers = {"replicas": 3.0}
    return [
        report(
            fact, Moment(at(second), at(second + 1)), source="k8s", native_id=f"{second}", keys=keys, numbers=numbers
        )
        for fact, second in ((rollout_started(name), begun), (rollout_completed(name), done))
    ]


def test_a_sync_and_the_rollout_that_it_made_are_one_deploy() -> None:
    synced, _ = argo.read(
        [
            argo.application(
                argo.entry(7, argo.GOOD, -9000, -8990, "1.4.9"), argo.entry(8, argo.BAD, 120, 150, "1.5.0", "dana")
            )
        ]
    )
    events = (*synced, *rollout(125, 200, "checkout-2", "1.5.0", "1.4.9"))
    rows = draft(Gathered(events, ()), WINDOW, Scope()).rows
    # It was applied at 150; it serves at 200, which the cluster knows.
    assert [(row.at, row.text) for row in rows] == [
        (at(120), "Deploy of checkout 1.5.0 starts via Argo CD (replaces 1.4.9; by dana)"),
        (at(200), "Deploy of checkout 1.5.0 complete (3 of 3 pods ready)"),
    ]


def test_two_releases_of_one_service_bring_nothing_of_each_other_back() -> None:
    """The second installs the version that the first had before, which is no rollback."""
    events, _ = helm.read(helm.records())
    rows = draft(Gathered(tuple(events), ()), helm.WINDOW, Scope()).rows
    late = [row.text for row in rows if row.at >= helm.NOW.replace(minute=8)]
    assert any("checkout 1.5.0" in text for text in late)
    assert not [text for text in late if text.startswith("Rollback")]
