"""The revisions of one release in their order: when each began and ended, and what sort of deploy it was."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from msgspec import Struct

from collector.event import SECOND
from collector.manner import Manner
from sources.fact import Moment
from sources.helm.items import Hook, Record

_BY_ITSELF = timedelta(seconds=3)
"""A rollback that follows a failure so soon is Helm's own: of an upgrade that was to be atomic."""
_CLOCKS = timedelta(minutes=5)
"""So much may the clock of whoever ran Helm differ from the API server's."""


class Revision(Struct, frozen=True):
    """One revision, with what the others show of it."""

    record: Record
    end: Moment | None
    """None while it is under way."""
    outcome: str
    """`succeeded`, `failed` or `running`."""
    manner: Manner
    after_failure: bool
    """It began right after the one before it had failed, as only a program can do."""
    before: Record | None
    """What it took the place of: the latest revision that was deployed when it began."""
    ran_before: frozenset[tuple[str, Moment]]
    """The hooks that ran in earlier revisions, with when."""


def revisions(records: Sequence[Record]) -> Iterator[Revision]:
    """All of them, in the order of their numbers."""
    ours = sorted(records, key=lambda record: record.number)
    deployed: Record | None = None
    ran: frozenset[tuple[str, Moment]] = frozenset()
    for at, record in enumerate(ours):
        following = ours[at + 1] if ours[at + 1 :] else None
        outcome = _outcome(record)
        last = ours[at - 1] if at else None
        itself = last is not None and last.status == "failed" and _right_after(record, last)
        manner = _manner(record, deployed, itself)
        yield Revision(record, _end(record, following), outcome, manner, itself, deployed, ran)
        ran |= {(hook.name, hook.started) for hook in record.hooks if hook.started is not None}
        if outcome == "succeeded":
            deployed = record


def _outcome(record: Record) -> str:
    if record.status.startswith("pending"):
        return "running"
    return "failed" if record.status == "failed" else "succeeded"


def _end(record: Record, following: Record | None) -> Moment | None:
    """When it was applied, or failed. The status is written once more when a later revision takes its place."""
    if _outcome(record) == "running":
        return None
    after = following.created if following is not None else None
    written = record.modified
    replaced = record.status in ("superseded", "uninstalled", "uninstalling")
    if written is not None and not replaced and (after is None or written.earliest <= after.latest):
        # Both clocks, and whole seconds: never before it began.
        return max(written, record.created)
    latest = after or written or record.deleted
    end = max(latest.latest if latest is not None else record.created.latest, record.created.latest)
    # It was not applied before the hooks had run that come first.
    ran = [hook.completed.earliest for hook in record.hooks if hook.completed is not None]
    return Moment(max([record.created.earliest, *(at for at in ran if at <= end)]), end)


def _manner(record: Record, deployed: Record | None, itself: bool) -> Manner:
    if record.back_to is not None or record.status == "pending-rollback" or _rolled_back_in_vain(record, deployed):
        return Manner.AUTOMATIC_ROLLBACK if itself else Manner.ROLLBACK
    if deployed is None or record.content is None or deployed.content is None or not record.images:
        return Manner.PLAIN
    if record.content[0] == deployed.content[0]:
        return Manner.REDEPLOY
    return Manner.CONFIG if sorted(record.images) == sorted(deployed.images) else Manner.PLAIN


def _rolled_back_in_vain(record: Record, deployed: Record | None) -> bool:
    """A rollback that failed has no other mark than its words, which in part are those of an install."""
    if record.status != "failed":
        return False
    return record.failed_as == "Rollback" or (record.failed_as == "Release" and deployed is not None)


def _right_after(record: Record, last: Record) -> bool:
    """Whether the failed one was written at most a moment before this one began, or after: Helm does so at the end.

    A record is created by the API server's clock, and its status written by that of whoever ran Helm: how far the two
    differ shows in the start of the failed one, which has both.
    """
    if last.modified is None:
        return False
    ahead = last.begun.earliest - last.created.earliest if last.begun is not None else timedelta(0)
    return last.modified.latest - ahead >= record.created.earliest - _BY_ITSELF


def ran_in(revision: Revision, hook: Hook) -> bool:
    """Whether a hook ran in this revision.

    A rollback copies the hooks of the revision that it goes back to, with the times of their runs then.
    """
    record, started = revision.record, hook.started
    if started is None or (hook.name, started) in revision.ran_before:
        return False
    until = record.modified.latest if record.modified is not None else record.created.latest + timedelta(days=1)
    return record.created.earliest - _CLOCKS <= started.earliest <= until + _CLOCKS + SECOND
