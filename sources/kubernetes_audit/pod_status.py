"""Adds status reports on one pod, by its kubelet or by the controller that lost its node, to its history."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from sources.cluster import pod_status
from sources.cluster.facts.pods import reason_and_message
from sources.cluster.fields import condition, get, moment, objects, text
from sources.cluster.pod_history import BackOff, Evidence, Lasting, Observation, PodInstance, Readiness
from sources.cluster.pods import OVERDUE
from sources.fact import Moment
from sources.kubernetes_audit.entries import Entry

_PROMPT = timedelta(seconds=10)
"""A change is reported within this time."""


class Reports:
    """One pod, and the latest known parts of its status: a report holds only new parts."""

    def __init__(self, found: PodInstance) -> None:
        """`found` is the history to which reports are added."""
        self.found = found
        self._status: dict[str, Any] = {}
        self._ready: bool | None = None
        self._ever = False
        self._last: Entry | None = None

    def add(self, entry: Entry, numbers: Mapping[str, float]) -> None:
        """Add one more report, in order; `numbers` belong to the Event that the pod is ready."""
        # The whole answer repeats earlier reports.
        item = entry.asked if isinstance(entry.asked, dict) else entry.answered
        status = get(item, "status")
        if not isinstance(status, dict):
            return
        kept = {
            str(each.get("type")): each
            for each in (*objects(self._status, "conditions"), *objects(status, "conditions"))
        }
        self._status = {**self._status, **status, "conditions": list(kept.values())}
        self._last = entry
        found, whole = self.found, {"status": self._status}
        found.started = found.started or moment(status.get("startTime"))
        self._add_readiness(item, entry, numbers)
        for death in pod_status.deaths(item, entry.id, entry.evidence):
            found.add_death(death)
        found.restarts = max(found.restarts, pod_status.restarts(item))
        self._add_placing(item, entry)
        for failure, into, word in (
            (pod_status.start_failure(whole), found.start_failures, "start failed"),
            (pod_status.image_failure(whole), found.image_failures, "image failed"),
        ):
            self._add_failure(failure, into, entry, word)
        for container, reason, _ in pod_status.waiting(item):
            if reason == pod_status.BACK_OFF:
                found.back_offs.append(BackOff(entry.at, Evidence(entry.id, entry.evidence), container))

    def end(self, until: datetime | None) -> None:
        """Complete the history. The last report was valid until `until`, when the pod was gone or the log ends."""
        found, last, whole = self.found, self._last, {"status": self._status}
        found.completed = text(whole, "status", "phase") == "Succeeded"
        found.failed = text(whole, "status", "phase") == "Failed"
        never = pod_status.never_ready(whole)
        # Deleting a pod before it is ready ends that state.
        stop = found.stop_requested.when.earliest if found.stop_requested else until
        if not (last and never and found.started and until and stop) or self._ever or found.back_offs:
            return
        begin, lasted = found.started, min(stop, until)
        if lasted - begin.earliest >= OVERDUE and not found.unschedulable:
            evidence = Evidence(f"{last.id}/not ready", last.evidence)
            found.not_ready = Lasting(begin, evidence, never[1], reason=never[0], until=lasted)

    def _add_readiness(self, item: Any, entry: Entry, numbers: Mapping[str, float]) -> None:
        """Add a change of readiness. The pod was ready before if the log shows it, or if it was started long before."""
        state = condition(item, "Ready")
        if state.get("status") not in ("True", "False"):
            return
        ready, since = state["status"] == "True", moment(state.get("lastTransitionTime")) or entry.at
        started = moment(get(item, "status", "startTime"))
        if self._ready is None and not ready:
            first = started is not None and since.earliest <= started.latest + pod_status.FIRST_REPORT
            self._ever = not first and (started is not None or entry.at.earliest - since.latest <= _PROMPT)
            self.found.was_ready = self._ever
        evidence = Evidence(entry.id, entry.evidence)
        if ready and self._ready is not True:
            self.found.readiness.append(Readiness(since, evidence, ready=True, numbers=numbers))
        elif not ready and self._ever and self._ready is not False and not self._is_over(item, state):
            why = text(state, "message") or text(state, "reason")
            self.found.readiness.append(Readiness(since, evidence, why))
        self._ready, self._ever = ready, self._ever or ready

    def _is_over(self, item: Any, state: Mapping[str, Any]) -> bool:
        """Whether it is not ready because it is to stop, or has stopped."""
        over = text(item, "status", "phase") in ("Succeeded", "Failed") or state.get("reason") == "PodCompleted"
        return over or bool(get(item, "metadata", "deletionTimestamp")) or self.found.stop_requested is not None

    def _add_placing(self, item: Any, entry: Entry) -> None:
        """Add that no node takes the pod, or that its kubelet evicted it."""
        state, given_up = condition(item, "PodScheduled"), pod_status.eviction(item)
        if state.get("status") == "False" and not self.found.unschedulable:
            since = moment(state.get("lastTransitionTime")) or entry.at
            why = reason_and_message(text(state, "reason"), text(state, "message"), "no reason given")
            evidence = Evidence(f"{entry.id}/unschedulable", entry.evidence, actor=entry.actor)
            self.found.unschedulable.append(Observation(since, evidence, why, reason=text(state, "reason")))
        if given_up and not self.found.evicted:
            evidence = Evidence(f"{entry.id}/evicted", entry.evidence, actor=entry.actor)
            self.found.evicted.append(Observation(entry.at, evidence, given_up, reason=text(item, "status", "reason")))

    def _add_failure(self, failure: tuple[str, str] | None, into: list[Lasting], entry: Entry, word: str) -> None:
        """Add or extend a failure. It lasts while reports repeat it, for any reason; one that returns is a new one."""
        if failure is None:
            if into and into[-1].until is not None:
                into[-1] = replace(into[-1], over=True)
        elif into and not into[-1].over:
            into[-1] = replace(into[-1], until=entry.at.latest)
        else:
            evidence = Evidence(f"{entry.id}/{word}", entry.evidence)
            into.append(
                Lasting(
                    Moment(entry.at.earliest, entry.at.latest),
                    evidence,
                    failure[1],
                    reason=failure[0],
                    until=entry.at.latest,
                )
            )
