"""Workloads that cannot make their pods, from the status that their controllers write."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from collector.event import Event
from sources.cluster.facts import pods as facts
from sources.cluster.facts.pods import reason_and_message
from sources.cluster.fields import condition, count, moment, text
from sources.cluster.inventory import Inventory
from sources.fact import Moment, report
from sources.kubernetes_audit.build_inventory import KINDS
from sources.kubernetes_audit.entries import Entry


def replica_failure_events(entries: Iterable[Entry], inventory: Inventory, source: str) -> Iterator[Event]:
    """One Event for each time that a Deployment had the condition ReplicaFailure.

    It lasts from the start of the condition until it was last written. `numbers`: `pods` is how many were missing at
    first, `of` how many were wanted.
    """
    found: dict[tuple[str, str, Moment], Event] = {}
    for entry in entries:
        state = condition(entry.whole or entry.asked, "ReplicaFailure")
        since = moment(state.get("lastTransitionTime"))
        if (entry.resource, entry.sub) != ("deployments", "status") or since is None or state.get("status") != "True":
            continue
        key = (entry.namespace, entry.name, since)
        known = found.get(key)
        if known is None:
            reason = text(state, "reason")
            known = report(
                facts.start_failed(
                    inventory.subject_of_workload(entry.namespace, f"{KINDS[entry.resource]}/{entry.name}"),
                    reason_and_message(reason, text(state, "message")),
                ),
                since,
                source=source,
                native_id=f"{entry.id}/start failed",
                numbers=_missing(entry),
                query=entry.evidence,
                reason=reason,
            )
        found[key] = replace(known, latest=max(known.latest, entry.at.latest))
    yield from found.values()


def _missing(entry: Entry) -> dict[str, float]:
    wanted, there = count(entry.whole, "spec", "replicas"), count(entry.whole, "status", "replicas")
    return {} if wanted is None else {"pods": max(0, wanted - (there or 0)), "of": wanted}
