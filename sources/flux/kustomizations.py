"""What a Kustomization applied, from its history, its conditions and the Events about it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from msgspec import Struct

from collector.event import SECOND
from collector.manner import Manner
from sources.cluster.event_objects import path
from sources.cluster.fields import count, get, moment, objects, text
from sources.fact import Moment
from sources.flux.applied import Applied
from sources.flux.items import Artifact, Deployer, duration
from sources.flux.progress import under_way
from sources.flux.revisions import details, keys_of
from sources.gitops.event_objects import Report

_REVISION = "kustomize.toolkit.fluxcd.io/revision"
_ORIGIN = "kustomize.toolkit.fluxcd.io/originRevision"
_FAILED = ("ReconciliationFailed", "HealthCheckFailed", "PruneFailed", "BuildFailed")
"""Reasons why a revision cannot be applied. A source or dependency that is not ready is not the revision's fault."""
_CANCELLED = "HealthCheckCanceled"
"""Since Flux 2.7: the wait for health checks ended because a newer revision arrived. The history lacks the old one."""
_CHANGED = re.compile(r"\S+ (?:created|configured|deleted)\b")
"""The beginning of the log of an apply: `Deployment/shop/checkout configured`."""


class _Entry(Struct, frozen=True):
    """One history entry: one rendering of the manifests, and the result of applying it."""

    digest: str
    first: Moment
    last: Moment
    took: timedelta | None
    """Duration of the latest reconciliation."""
    times: int
    status: str
    revision: str
    origin: str

    @property
    def done(self) -> bool:
        return self.status == "ReconciliationSucceeded"


def applied(deployer: Deployer, reports: Sequence[Report], artifact: Artifact | None) -> Iterator[Applied]:
    """Everything known to have been applied, to have failed, or to wait because of a suspension."""
    entries = [entry for item in objects(deployer.raw, "status", "history") for entry in _entry(item)]
    for at, entry in enumerate(entries):
        yield _of_entry(entry, deployer, entries[:at])
    if len(entries) > 1:
        yield from _returned(entries, deployer, reports)
    if entries:
        yield from _corrections(entries, deployer, reports)
    yield from _without_entry(entries, deployer, reports)
    yield from under_way(deployer, {entry.revision for entry in entries})
    yield from _not_applied(entries, deployer, artifact)


def _entry(item: object) -> Iterator[_Entry]:
    first, last = moment(get(item, "firstReconciled")), moment(get(item, "lastReconciled"))
    if first is not None:
        yield _Entry(
            digest=text(item, "digest"),
            first=first,
            last=max(first, last or first),
            took=duration(get(item, "lastReconciledDuration")),
            times=count(item, "totalReconciliations") or 1,
            status=text(item, "lastReconciledStatus"),
            revision=text(item, "metadata", "revision"),
            origin=text(item, "metadata", "originRevision"),
        )


def _of_entry(entry: _Entry, deployer: Deployer, newer: Sequence[_Entry]) -> Applied:
    """`firstReconciled` is the end of the first reconciliation; its duration is only known if it was the only one."""
    if entry.took is not None and entry.times == 1:
        start = Moment(entry.first.earliest - entry.took - SECOND, entry.first.latest - entry.took)
    else:
        start = Moment(entry.first.earliest - max(deployer.timeout, timedelta(minutes=5)), entry.first.latest)
    id_ = entry.digest or f"{entry.first.earliest:%Y-%m-%dT%H:%M:%SZ}"
    ready = deployer.condition("Ready")
    why = ready.message if ready and not newer and ready.reason == entry.status and ready.status == "False" else ""
    return Applied(
        # A rendering that fails first and then succeeds has one entry for each outcome.
        id=id_ if entry.done else f"{id_} {entry.status}",
        keys=keys_of(deployer, entry.revision, entry.origin, id_),
        start=start,
        end=entry.first,
        outcome="succeeded" if entry.done else "failed",
        why="" if entry.done else why or entry.status,
        details=details(entry.revision),
    )


def _returned(entries: Sequence[_Entry], deployer: Deployer, reports: Sequence[Report]) -> Iterator[Applied]:
    """A rendering that was applied again: its old entry moves to the front and keeps its first time."""
    front = entries[0]
    before = next((entry for entry in entries[1:] if entry.digest != front.digest and entry.done), None)
    if before is None or not front.done or front.first >= before.first:
        return
    when = Moment(before.last.earliest, max(before.last.latest, front.last.latest))
    seen = [
        one.record.first
        for one in reports
        if one.notes.get(_REVISION) == front.revision and when.earliest <= one.record.first.earliest <= when.latest
    ]
    end = min(seen) if seen else when
    id_ = f"{front.digest} again {before.last.earliest:%Y-%m-%dT%H:%M:%SZ}"
    yield Applied(
        id=id_,
        keys=keys_of(deployer, front.revision, front.origin, id_),
        start=Moment(when.earliest, end.latest),
        end=end,
        manner=Manner.ROLLBACK,
        details=(*details(front.revision), "the same manifests as before"),
    )


def _corrections(entries: Sequence[_Entry], deployer: Deployer, reports: Iterable[Report]) -> Iterator[Applied]:
    """Changes by Flux for a revision that it had applied before, which means that somebody had made manual changes."""
    for one in reports:
        at, revision = one.record.first, one.notes.get(_REVISION, "")
        known = [entry for entry in entries if entry.done and entry.revision == revision]
        # The log of the first apply precedes the end of that reconciliation.
        if one.record.warning or not known or min(entry.first for entry in known).latest >= at.earliest:
            continue
        if _CHANGED.match(one.record.message) and not _went_back(entries, at):
            id_ = f"correction {one.record.uid}"
            yield Applied(
                id=id_,
                keys=keys_of(deployer, revision, one.notes.get(_ORIGIN, ""), id_),
                start=at,
                end=at,
                manner=Manner.RECONCILE,
                details=(one.record.message[:200],),
                query=path(one.record),
            )


def _went_back(entries: Sequence[_Entry], at: Moment) -> bool:
    """Whether the change at that time is explained by going back to an older entry."""
    return len(entries) > 1 and entries[0].first < entries[1].first and at >= entries[1].last


def _without_entry(entries: Sequence[_Entry], deployer: Deployer, reports: Iterable[Report]) -> Iterator[Applied]:
    """What only Events and conditions show: kinds before v1 have no history, and failed builds are not in it."""
    failed = {(entry.status, entry.revision) for entry in entries if not entry.done}
    done = {entry.revision for entry in entries if entry.done}
    attempted = text(deployer.raw, "status", "lastAttemptedRevision")
    seen: dict[tuple[str, str], tuple[Moment, str, str]] = {}
    for one in sorted(reports, key=lambda each: (each.record.first, each.record.uid)):
        # Without a revision, no revision can fail.
        revision, reason = one.notes.get(_REVISION, ""), one.record.reason
        if revision and reason in (*_FAILED, "ReconciliationSucceeded", _CANCELLED):
            seen.setdefault((reason, revision), (one.record.first, one.record.message, path(one.record)))
    ready = deployer.condition("Ready")
    if ready and ready.status == "False" and ready.reason in _FAILED and attempted:
        seen.setdefault((ready.reason, attempted), (ready.since, ready.message, ""))
    for (reason, revision), (at, words, query) in sorted(seen.items()):
        succeeded = reason == "ReconciliationSucceeded"
        # Another reason is that a watched object changed; then the same revision is applied again.
        went_on = reason == _CANCELLED and (revision in done or revision == attempted)
        if (succeeded and (entries or revision in done)) or (reason, revision) in failed or went_on:
            continue
        id_ = f"revision {revision}"
        yield Applied(
            id=id_ if succeeded else f"{id_} {reason}",
            keys=keys_of(deployer, revision, "", id_),
            start=Moment(at.earliest - max(deployer.timeout, timedelta(minutes=5)), at.latest),
            end=at,
            outcome="succeeded" if succeeded else "superseded" if reason == _CANCELLED else "failed",
            why="" if succeeded else words or reason,
            details=details(revision),
            query=query,
        )


def _not_applied(entries: Sequence[_Entry], deployer: Deployer, artifact: Artifact | None) -> Iterator[Applied]:
    """A revision that the cluster has but does not apply, because of a suspension."""
    status = deployer.raw.get("status")
    known = {text(status, "lastAppliedRevision"), text(status, "lastAttemptedRevision"), *(e.revision for e in entries)}
    if deployer.suspended and artifact is not None and artifact.revision not in known:
        id_ = f"revision {artifact.revision}"
        yield Applied(
            id=id_,
            keys=keys_of(deployer, artifact.revision, "", id_),
            start=artifact.seen,
            outcome="requested",
            details=(*details(artifact.revision), "suspended"),
        )
