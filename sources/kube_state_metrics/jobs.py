"""Jobs that failed."""

from collections.abc import Iterator, Mapping, Sequence

from collector.event import Event, Kind, Subject
from sources.kube_state_metrics.inventory import Inventory
from sources.kube_state_metrics.states import NONE, State, label, states, within
from sources.kube_state_metrics.told import Teller
from sources.prometheus.series import Series

_FAILED = "kube_job_failed"
_WHY = "kube_job_status_failed"


def job_events(found: Mapping[str, Sequence[Series]], inventory: Inventory, teller: Teller) -> Iterator[Event]:
    """Jobs that failed; the service of one is the CronJob that made it.

    `numbers["failed"]` is how many of its pods did, which is told where kube-state-metrics does not know the reason.
    """
    owners = {
        (label(one.labels, "namespace"), label(one.labels, "job_name")): label(one.labels, "owner_name")
        for one in found.get("kube_job_owner", ())
    }
    whys: dict[tuple[str, str], dict[str, State]] = {}
    for (namespace, job, why), state in states(found.get(_WHY, ()), "namespace", "job_name", "reason").items():
        whys.setdefault((namespace, job), {})[why] = state
    for (namespace, job), state in states(found.get(_FAILED, ()), "namespace", "job_name").items():
        failed = state.times[state.values == 1]
        # The series may be there only once that is so; one that was there from the first scrape tells no time.
        before = inventory.presence.before(float(failed[0])) if len(failed) else None
        if before is None:
            continue
        at = float(failed[0])
        # Those that do not hold are 0; that of none counts pods.
        after = {why: state.between(at, float("inf")).values for why, state in whys.get((namespace, job), {}).items()}
        why = next((why for why, values in sorted(after.items()) if why and (values == 1).any()), "")
        pods = float(after.get("", NONE.values).max(initial=0))
        yield teller.event(
            Kind.JOB_FAILED,
            within(before, at),
            f"Job {job} failed ({why or 'no reason given'})",
            f"{namespace}/{job}/failed",
            teller.selector(_FAILED, namespace=namespace, job_name=job),
            subject=Subject(
                service=owners.get((namespace, job)) or job,
                cluster=inventory.cluster,
                namespace=namespace,
                workload=f"Job/{job}",
            ),
            numbers={"failed": pods} if pods else {},
            fact=f"{inventory.cluster}/{namespace}/Job/{job}/failed",
        )
