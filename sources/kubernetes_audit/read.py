"""Reads the entries of the log into Events."""

from collections.abc import Iterable, Iterator

from collector.event import Event, order
from collector.source import Document, Gap, Seen
from collector.window import Window
from sources.cluster.coverage import about
from sources.cluster.inventory import Inventory
from sources.kubernetes_audit.build_inventory import Sizes, build_inventory
from sources.kubernetes_audit.changes import change_events
from sources.kubernetes_audit.configs import config_events, config_writes
from sources.kubernetes_audit.drains import drain_events
from sources.kubernetes_audit.entries import Entry, entries
from sources.kubernetes_audit.interruptions import interruption_events
from sources.kubernetes_audit.jobs import job_events
from sources.kubernetes_audit.log_coverage import LogCoverage
from sources.kubernetes_audit.nodes import node_events
from sources.kubernetes_audit.pods import pod_events
from sources.kubernetes_audit.replica_failures import replica_failure_events
from sources.kubernetes_audit.rollouts import rollout_events
from sources.kubernetes_audit.sets import PodRevisions, build_revisions
from sources.kubernetes_audit.workload_deletions import deletion_events

_CONTENTS = (
    (
        "Jobs",
        "jobs",
        (("update", "status"), ("patch", "status")),
        "which of them failed",
        "log jobs and jobs/status of batch at the level Request",
    ),
    (
        "nodes",
        "nodes",
        (("update", ""), ("patch", ""), ("update", "status"), ("patch", "status")),
        "which were cordoned, drained, not ready, short of something or rebooted",
        "log nodes and nodes/status at the level Request",
    ),
)
"""Name in words, resource, requests that have content, what is known from that content, and what to do."""


def read(documents: Iterable[Document], window: Window, source: str, cluster: str) -> Iterator[Event | Gap | Seen]:
    """All Events in order, then what could not be seen.

    The Events are people's changes, and the rollouts and pods in the controllers' requests. How much is known depends
    on the API server's log level: times always; versions, sizes, readiness and completions only if it logs the content
    of requests (`Request` or `RequestResponse`) for workloads.
    """
    inventory = Inventory(cluster=cluster)
    found: list[Entry] = []
    with_refused: list[Entry] = []
    gaps: list[Gap] = []
    coverage = LogCoverage()
    for given in entries(documents, coverage):
        if isinstance(given, Gap):
            gaps.append(given)
        else:
            with_refused.append(given)
            found += [] if given.refused else [given]
    build_inventory(found, inventory)
    build_revisions(found, inventory)
    sizes, ran = Sizes(found), PodRevisions(found)
    configured = config_writes(found)
    others = {entry.id for entry in found} - {entry.id for entry in configured}
    events = [
        *rollout_events(found, inventory, sizes, source),
        *interruption_events(found, inventory, source),
        *pod_events(found, inventory, sizes, ran, source),
        *replica_failure_events(found, inventory, source),
        *job_events(found, inventory, source),
        *node_events(found, inventory, source),
        *drain_events(with_refused, inventory, source),
        *deletion_events(found, inventory, source),
        *config_events(configured, found, inventory, source),
        *change_events((entry for entry in found if entry.id in others), inventory, source),
    ]
    yield from sorted(events, key=order)
    yield from gaps
    shallow = list(_depth(found))
    yield from shallow
    yield from _lacking(found)
    # The log replaces what other sources missed only if it shows rollouts and pods.
    of = about(cluster) if found and not shallow else ""
    yield from (each for each in coverage.over(found, window, of) if of or isinstance(each, Gap))


def _depth(found: Iterable[Entry]) -> Iterator[Gap]:
    """What the audit policy leaves out, if its absence can be seen."""
    of_workloads = [entry for entry in found if entry.group == "apps"]
    hint = "log deployments, replicasets and pods/status at the level Request"
    if of_workloads and not any(entry.component for entry in of_workloads):
        yield Gap("the audit log leaves out the controllers' requests: rollouts are not known from it", hint)
    elif of_workloads and not any(map(_has_content, of_workloads)):
        yield Gap("the audit log has no content of requests: no versions, readiness or completion from it", hint)
    elif any(entry.component for entry in of_workloads) and not any(_of_status(entry) for entry in found):
        reason = "the audit log has no status of pods with its content: neither their readiness, nor what their"
        yield Gap(f"{reason} containers died of or lacked, nor what the kubelet evicted is known from it", hint)


def _lacking(found: Iterable[Entry]) -> Iterator[Gap]:
    """Other resources with requests in the log, but without their content."""
    found = list(found)
    for what, resource, writes, unknown, hint in _CONTENTS:
        asked = [entry for entry in found if entry.resource == resource and (entry.verb, entry.sub) in writes]
        if asked and not any(map(_has_content, asked)):
            yield Gap(f"the audit log has no content of {what}: {unknown} is not known from it", hint)


def _has_content(entry: Entry) -> bool:
    """Whether the log has any content of the request or its answer, even if none of it is read."""
    return entry.asked is not None or entry.answered is not None


def _of_status(entry: Entry) -> bool:
    return (entry.resource, entry.sub) == ("pods", "status")
