"""Jobs that failed, as their controller wrote it into their status."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from collector.event import Event
from sources.cluster.fields import get
from sources.cluster.inference.jobs import job_failed
from sources.cluster.inventory import Inventory
from sources.kubernetes_audit.entries import Entry


def job_events(entries: Iterable[Entry], inventory: Inventory, source: str) -> Iterator[Event]:
    """One Event per Job that failed for good: the status says so again with every later change."""
    told: set[tuple[str, str]] = set()
    for entry in entries:
        if (entry.resource, entry.sub, entry.group) != ("jobs", "status", "batch") or not entry.component:
            continue
        for whole in (entry.asked, entry.answered):
            if not isinstance(whole, dict):
                continue
            known = get(whole, "metadata")
            about = {**(known if isinstance(known, dict) else {}), "namespace": entry.namespace, "name": entry.name}
            for event in job_failed({**whole, "metadata": about}, inventory, source):
                once = (event.fact, f"{event.at}")
                if once not in told:
                    told.add(once)
                    yield replace(event, native_id=entry.id, query=entry.evidence)
