"""Failed Jobs, from the status that their controller writes."""

from collections.abc import Iterable, Iterator

from collector.event import Event
from sources.cluster.fields import get
from sources.cluster.inference.jobs import subject_of_job
from sources.cluster.inventory import Inventory
from sources.cluster.job_history import JobHistory, job_state
from sources.fact import report
from sources.kubernetes_audit.entries import Entry


def job_events(entries: Iterable[Entry], inventory: Inventory, source: str) -> Iterator[Event]:
    """One Event per Job that failed for good; later changes repeat the status."""
    histories: dict[tuple[str, str], JobHistory[Entry]] = {}
    for entry in entries:
        if (entry.resource, entry.sub, entry.group) != ("jobs", "status", "batch") or not entry.component:
            continue
        for whole in (entry.asked, entry.answered):
            state = job_state(whole) if isinstance(whole, dict) else None
            if state is None or not state.failed or not entry.name:
                continue
            known = get(whole, "metadata")
            about = {**(known if isinstance(known, dict) else {}), "namespace": entry.namespace, "name": entry.name}
            subject = subject_of_job({"metadata": about}, inventory.cluster)
            histories.setdefault((entry.namespace, entry.name), JobHistory(subject)).add(state, entry.at, entry)
    for history in histories.values():
        for failure in history.failures():
            yield report(
                failure.fact,
                failure.when,
                source=source,
                native_id=failure.evidence.id,
                numbers=failure.numbers,
                query=failure.evidence.evidence,
            )
