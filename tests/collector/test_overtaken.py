"""A deploy over another that is still under way: whose pods were replaced, and that the first one never completed."""

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.scope import Scope
from collector.timeline import draft
from tests.collector.build import WINDOW, errors, event, rollout

_CHECKOUT = {"service": "checkout", "namespace": "shop", "workload": "Deployment/checkout"}


def _stopped(clock: str, version: str, number: int) -> Event:
    pod = f"checkout-{version}-{number}"
    return event(Kind.POD_TERMINATED, clock, pod=pod, replica_set=f"checkout-{version}", version=version, **_CHECKOUT)


def _texts(*stopped: Event) -> list[str]:
    """A rollback at 14:10, and at 14:12 a deploy over it, which stops these pods."""
    back = event(
        Kind.ROLLBACK_STARTED, "14:10:00", replica_set="checkout-1.4", version="1.4", replaces="1.5", **_CHECKOUT
    )
    fixed = {"replica_set": "checkout-1.6", "version": "1.6", "replaces": "1.4", **_CHECKOUT}
    events = [
        *errors("14:03:00", "14:13:30"),
        *rollout(Kind.ROLLOUT_STARTED, "14:01:00", "14:01:30", "14:02:00", "1.5", "1.4"),
        back,
        event(Kind.ROLLOUT_STARTED, "14:12:00", **fixed),
        *stopped,
        event(Kind.ROLLOUT_COMPLETED, "14:13:30", numbers={"replicas": 3}, **fixed),
    ]
    return [row.text for row in draft(Gathered(tuple(events), ()), WINDOW, Scope()).rows]


def test_a_rollback_that_a_deploy_overtakes_is_said_not_to_be_complete() -> None:
    rows = _texts(_stopped("14:12:30", "1.4", 1), _stopped("14:13:00", "1.5", 1), _stopped("14:13:20", "1.5", 2))
    assert "Rollback of checkout to 1.4 is not complete when the rollout of checkout 1.6 overtakes it" in rows
    assert any("Old pods of checkout 1.5 (2) and 1.4 (1) terminated (3 of 3), rollout complete" in row for row in rows)


def test_a_rollback_that_had_replaced_all_pods_was_not_overtaken() -> None:
    late = [_stopped("14:12:03", "1.5", 9)]
    rows = _texts(*late, *(_stopped(f"14:12:3{n}", "1.4", n) for n in range(3)))
    assert not any("overtakes" in row for row in rows)
