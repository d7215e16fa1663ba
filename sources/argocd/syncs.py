"""The syncs of one Application, from its history, its latest operation and Events about others."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from collector.event import SECOND
from collector.manner import Manner
from sources.argocd.items import Application, Entry, Initiator, Operation, Origin
from sources.argocd.notices import Notice
from sources.argocd.operations import Operated, operated
from sources.fact import Moment

_SAME_END = timedelta(seconds=5)
"""Maximum distance between an end and its Event, which is written right after the status."""
_TAKEN_UP = timedelta(minutes=2)
"""Maximum time between a request and the start of its operation by the controller."""
_ONE_RUN = timedelta(minutes=15)
"""Corrections at most this far apart, at the same revision, are one period of drift."""


class Sync(Struct, frozen=True):
    """One sync, or several consecutive corrections."""

    id: str
    origins: tuple[Origin, ...]
    start: Moment
    end: Moment | None
    outcome: str
    """`succeeded`, `failed`, `cancelled`, `running`, `waiting` (for its sync window) or `requested`."""
    by: Initiator
    whole: bool
    """Whether it was not limited to some resources."""
    manner: Manner = Manner.PLAIN
    why: str = ""
    entry: str = ""
    """Its id in the history."""
    images: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
    retries: int = 0
    link: str = ""
    count: int = 1
    """Number of corrections it represents."""
    ended_by: str = ""
    back_to: str = ""


def syncs(application: Application, seen: Iterable[Notice]) -> list[Sync]:
    """All syncs in order of their starts, without dry runs."""
    before: tuple[Entry | None, ...] = (None, *application.history[:-1])
    found = [_of_entry(entry, last) for entry, last in zip(application.history, before, strict=False)]
    if application.operation is not None:
        _add_operation(found, application.operation)
    oldest = min((entry.deployed.earliest for entry in application.history), default=None)
    for one in operated(seen):
        at = _match(found, one)
        if at is not None:
            found[at] = _enriched(found[at], one)
            continue
        made = _of_events(one)
        # A successful sync within the time of the history but without an entry was a dry run.
        dry = made.whole and made.outcome == "succeeded" and oldest is not None and made.start.earliest >= oldest
        latest = max((sync.end or sync.start for sync in found), default=None)
        never_begun = made.outcome == "requested" and latest is not None and made.start < latest
        if not (dry or never_begun):
            found.append(made)
    found.sort(key=lambda sync: (sync.start, sync.id))
    return list(_in_runs(_with_manners(found)))


def _of_entry(entry: Entry, before: Entry | None) -> Sync:
    if entry.started is not None:
        start = entry.started
    else:
        # Entries of old releases have no start: it was after the previous entry, most likely just before its own end.
        earliest = entry.deployed.earliest - timedelta(hours=1)
        start = Moment(
            max(earliest, min(before.deployed.earliest, entry.deployed.earliest)) if before else earliest,
            entry.deployed.latest,
        )
    name = f"{start.earliest:%Y-%m-%dT%H:%M:%SZ}" if entry.started else f"history/{entry.id}"
    return Sync(
        name,
        entry.origins,
        start,
        entry.deployed,
        "succeeded",
        entry.by,
        whole=True,
        entry=entry.id,
        images=tuple(image for origin in entry.origins for image in origin.images),
    )


def _add_operation(found: list[Sync], operation: Operation) -> None:
    ours = next((at for at, sync in enumerate(found) if sync.start == operation.started), None)
    if operation.dry_run:
        return
    if ours is not None:
        images = found[ours].images or operation.images
        known = replace(found[ours], hooks=operation.hooks, retries=operation.retries, link=operation.link)
        found[ours] = replace(known, images=images, by=_better(known.by, operation.by))
        return
    outcome, end = _outcome(operation)
    found.append(
        Sync(
            f"{operation.started.earliest:%Y-%m-%dT%H:%M:%SZ}",
            operation.origins,
            operation.started,
            end,
            outcome,
            operation.by,
            whole=not operation.only,
            manner=Manner.RECONCILE
            if operation.healing or (operation.only and operation.by.automated)
            else Manner.PLAIN,
            why=operation.message if outcome in ("failed", "waiting") else "",
            images=operation.images or tuple(image for origin in operation.origins for image in origin.images),
            only=operation.only,
            hooks=operation.hooks,
            retries=operation.retries,
            link=operation.link,
        )
    )


def _outcome(operation: Operation) -> tuple[str, Moment | None]:
    """Its outcome and end. An operation that is Running but has an end is waiting for its next attempt."""
    if operation.phase in ("Running", "Terminating"):
        return ("waiting" if "blocked by sync window" in operation.message else "running"), None
    if operation.phase == "Succeeded":
        return "succeeded", operation.finished
    terminated = operation.message.startswith("Operation terminated") and "timeout" not in operation.message
    return ("cancelled" if terminated else "failed"), operation.finished


def _match(found: Sequence[Sync], one: Operated) -> int | None:
    """Index of the sync that is this operation in Events, by its end, else by its start; None if there is none."""
    for at, sync in enumerate(found):
        if one.end is not None and sync.end is not None:
            if abs(one.end.at.earliest - sync.end.earliest) <= _SAME_END:
                return at
        elif one.start is not None and (one.end is None or sync.end is None):
            asked = one.start.at.earliest
            if sync.start.earliest - _TAKEN_UP <= asked <= sync.start.latest + SECOND:
                return at
    return None


def _enriched(sync: Sync, one: Operated) -> Sync:
    return replace(
        sync,
        by=_better(sync.by, one.by),
        back_to=one.back_to or sync.back_to,
        ended_by=one.ended_by or sync.ended_by,
    )


def _better(ours: Initiator, theirs: Initiator) -> Initiator:
    return ours if ours.name or ours.automated else theirs


def _of_events(one: Operated) -> Sync:
    first = one.first
    start = first.at
    if one.start is None:
        start = Moment(start.earliest - timedelta(hours=1), start.latest)
    outcome = "requested"
    if one.end is not None:
        outcome = "cancelled" if one.ended_by else "failed" if one.end.failed else "succeeded"
    revision = one.revision
    return Sync(
        f"events/{first.uid}",
        (Origin("", "", "", revision, (), -1),) if revision else (),
        start,
        one.end.at if one.end is not None else None,
        outcome,
        one.by,
        whole=not one.partial,
        manner=Manner.RECONCILE if one.partial and not one.by.name else Manner.PLAIN,
        why=one.end.why if one.end is not None and outcome == "failed" else "",
        back_to=one.back_to,
        ended_by=one.ended_by,
    )


def _with_manners(found: Sequence[Sync]) -> Iterator[Sync]:
    """The syncs with their manners: by their own marks, else by comparing their sources with those of earlier syncs."""
    before: list[Sync] = []
    for sync in found:
        manner = sync.manner
        if sync.back_to:
            manner = Manner.ROLLBACK
        elif manner == Manner.PLAIN and sync.whole and sync.origins and before:
            if _alike(before[-1], sync):
                manner = Manner.RECONCILE
            elif any(_alike(earlier, sync) for earlier in before[:-1]):
                manner = Manner.ROLLBACK
        yield replace(sync, manner=manner)
        if sync.whole and sync.outcome == "succeeded" and sync.origins:
            before.append(sync)


def _alike(one: Sync, other: Sync) -> bool:
    """Whether both apply the same; if the sources of one are unknown, the revisions are compared."""
    if -1 in {origin.variant for origin in (*one.origins, *other.origins)}:
        return [origin.revision for origin in one.origins] == [origin.revision for origin in other.origins]
    return one.origins == other.origins


def _in_runs(found: Iterable[Sync]) -> Iterator[Sync]:
    """The syncs, with consecutive corrections at one revision combined into one."""
    last: Sync | None = None
    for sync in found:
        healing = sync.manner == Manner.RECONCILE and not sync.whole and sync.outcome == "succeeded"
        if last is not None:
            near = sync.start.earliest - (last.end or last.start).latest <= _ONE_RUN
            if healing and near and _revisions(last) == _revisions(sync):
                only = tuple(dict.fromkeys((*last.only, *sync.only)))
                last = replace(last, end=sync.end, count=last.count + 1, only=only, origins=sync.origins)
                continue
            yield last
        last = None
        if healing:
            last = sync
        else:
            yield sync
    if last is not None:
        yield last


def _revisions(sync: Sync) -> list[str]:
    return [origin.revision for origin in sync.origins]
