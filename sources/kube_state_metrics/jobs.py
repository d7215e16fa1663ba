"""Failed Jobs."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from collector.event import Event
from sources.cluster.facts.jobs import job_subject
from sources.cluster.job_history import JobHistory, JobState
from sources.kube_state_metrics.event_factory import EventFactory
from sources.kube_state_metrics.inventory import Inventory
from sources.kube_state_metrics.scrape_times import instance
from sources.kube_state_metrics.states import NONE, State, label, states, within
from sources.promql.series import Array, Series
from sources.promql.sorted_numbers import distinct

_FAILED = "kube_job_failed"
_WHY = "kube_job_status_failed"
_LATE = 1.5
"""One of several kube-state-metrics may be this many scrapes behind."""


def job_events(found: Mapping[str, Sequence[Series]], inventory: Inventory, factory: EventFactory) -> Iterator[Event]:
    """One Event for each time that a Job of a name failed; its service is its CronJob, or itself if it has none.

    `numbers["failed"]` is how many of its pods failed, which is known if kube-state-metrics does not know the reason.
    """
    owners = {
        (label(one.labels, "namespace"), label(one.labels, "job_name")): label(one.labels, "owner_name")
        for one in found.get("kube_job_owner", ())
    }
    whys: dict[tuple[str, str], dict[str, State]] = {}
    for (namespace, job, why), state in states(found.get(_WHY, ()), "namespace", "job_name", "reason").items():
        whys.setdefault((namespace, job), {})[why] = state
    series: dict[tuple[str, str], list[Series]] = {}
    for one in found.get(_FAILED, ()):
        series.setdefault((label(one.labels, "namespace"), label(one.labels, "job_name")), []).append(one)
    for (namespace, job), state in states(found.get(_FAILED, ()), "namespace", "job_name").items():
        reasons = whys.get((namespace, job), {})
        sampled = distinct(np.concatenate([NONE.times, *(each.times for each in reasons.values())]))
        failures = _failures(state.times[state.values == 1], sampled, inventory.scrapes.interval)
        service = owners.get((namespace, job)) or job
        history = JobHistory[None](job_subject(inventory.cluster, namespace, job, service))
        for at, end in failures:
            earlier = sampled[sampled < at]
            by = [instance(one) for one in series[namespace, job] if at in one.times]
            before = float(earlier[-1]) if len(earlier) else inventory.scrapes.before(at, by)
            # If a Job had already failed at the first scrape, the time of its failure is unknown.
            if before is not None:
                history.add(JobState(failed=False), within(before, before), None)
            after = {why: each.between(at, end) for why, each in reasons.items()}
            history.add(_state(after), within(at, at), None)
        for failure in history.failures():
            yield factory.report(
                failure.fact,
                failure.when,
                f"{namespace}/{job}/failed/{failure.when.latest.timestamp():.3f}",
                factory.selector(_FAILED, namespace=namespace, job_name=job),
                numbers=failure.numbers,
            )


def _failures(failed: Array, sampled: Array, interval: float) -> list[tuple[float, float]]:
    """The first and last time that each Job of one name was seen as failed.

    `failed` has the times of samples that show a failure. A new Job of the same name failed if some sample in between
    showed it as not failed. A short break does not count: one of several kube-state-metrics may be late.
    """
    if not len(failed):
        return []
    begins: list[float] = [float(failed[0])]
    ends: list[float] = []
    for last, time in pairwise(failed.tolist()):
        if time - last > _LATE * interval and ((sampled > last) & (sampled < time)).any():
            begins.append(time)
            ends.append(last)
    return list(zip(begins, [*ends, float(failed[-1])], strict=True))


def _state(reasons: Mapping[str, State]) -> JobState:
    """The state of a failed Job, from the states of all possible reasons."""
    # Other reasons are 0; the series without a reason counts pods.
    why = next((why for why, each in sorted(reasons.items()) if why and (each.values == 1).any()), "")
    pods = float(reasons.get("", NONE).values.max(initial=0))
    return JobState(failed=True, why=why, pods=pods or None)
