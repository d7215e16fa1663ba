"""Nodes and Jobs."""

from collections.abc import Iterator, Mapping, Sequence

from collector.event import Event, Kind, Subject
from sources.kube_state_metrics.drains import CORDONED
from sources.kube_state_metrics.inventory import Inventory
from sources.kube_state_metrics.presence import instance
from sources.kube_state_metrics.states import label, second, states, within
from sources.kube_state_metrics.told import Teller
from sources.kubernetes.objects import Moment
from sources.prometheus.series import Series

_CONDITION = "kube_node_status_condition"
_CREATED = "kube_node_created"
_FAILED = "kube_job_failed"


def node_events(
    found: Mapping[str, Sequence[Series]], inventory: Inventory, teller: Teller, start: float
) -> Iterator[Event]:
    """Conditions that changed, cordons, nodes that came and went."""

    def event(kind: Kind, node: str, when: Moment, what: str, metric: str, word: str) -> Event:
        return teller.event(
            kind,
            when,
            f"Node {node} {what}",
            f"{node}/{word}/{when.latest.timestamp():.3f}",
            teller.selector(metric, node=node),
            subject=Subject(cluster=inventory.cluster, workload=f"Node/{node}"),
            fact=f"{inventory.cluster}/Node/{node}/{word}",
        )

    for (node, condition), state in states(found.get(_CONDITION, ()), "node", "condition").items():
        for step in state.steps():
            true, when = step.now == 1, within(step.last, step.by)
            if condition == "Ready":
                kind, word = (Kind.NODE_READY, "ready") if true else (Kind.NODE_NOT_READY, "not ready")
                yield event(kind, node, when, f"is {word}", _CONDITION, word)
            else:
                what, word = ("reports", condition) if true else ("no longer reports", f"no {condition}")
                yield event(Kind.NODE_CHANGED, node, when, f"{what} {condition}", _CONDITION, word)
    for (node,), state in states(found.get(CORDONED, ()), "node").items():
        for step in state.steps():
            word = "cordoned" if step.now == 1 else "uncordoned"
            yield event(Kind.NODE_CHANGED, node, within(step.last, step.by), f"is {word}", CORDONED, word)
    for (node,), state in states(found.get(_CREATED, ()), "node").items():
        for value, _ in state.stamps():
            if value >= start:
                yield event(Kind.NODE_CHANGED, node, second(value), "was added", _CREATED, "added")
        last = float(state.times[-1])
        by = [instance(one) for one in found[_CREATED] if label(one.labels, "node") == node]
        gone = inventory.presence.missed(last, by)
        if gone is not None:
            yield event(Kind.NODE_CHANGED, node, within(last, gone), "was removed", _CREATED, "RemovingNode")


def job_events(found: Mapping[str, Sequence[Series]], inventory: Inventory, teller: Teller) -> Iterator[Event]:
    """Jobs that failed; the service of one is the CronJob that made it."""
    owners = {
        (label(one.labels, "namespace"), label(one.labels, "job_name")): label(one.labels, "owner_name")
        for one in found.get("kube_job_owner", ())
    }
    for (namespace, job), state in states(found.get(_FAILED, ()), "namespace", "job_name").items():
        failed = state.times[state.values == 1]
        # The series may be there only once that is so; one that was there from the first scrape tells no time.
        before = inventory.presence.before(float(failed[0])) if len(failed) else None
        if before is None:
            continue
        yield teller.event(
            Kind.JOB_FAILED,
            within(before, float(failed[0])),
            f"Job {job} failed",
            f"{namespace}/{job}/failed",
            teller.selector(_FAILED, namespace=namespace, job_name=job),
            subject=Subject(
                service=owners.get((namespace, job)) or job,
                cluster=inventory.cluster,
                namespace=namespace,
                workload=f"Job/{job}",
            ),
            fact=f"{inventory.cluster}/{namespace}/Job/{job}/failed",
        )
