"""The revisions of one release, in order: when each began and ended, and what sort of deploy it was."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from msgspec import Struct

from collector.event import SECOND
from collector.manner import Manner
from sources.fact import Moment
from sources.gitops.helm_statuses import outcome_of
from sources.helm.items import Hook, Record

_BY_ITSELF = timedelta(seconds=3)
"""A rollback this soon after a failed upgrade is Helm's own: the upgrade was to be atomic."""
_CLOCKS = timedelta(minutes=5)
"""The largest difference between the clocks of the API server and the machine that ran Helm."""


class Revision(Struct, frozen=True):
    """One revision, with details that the other revisions show."""

    record: Record
    end: Moment | None
    """None while it is in progress, or if its status does not show whether it ended."""
    outcome: str
    """As in `outcome_of`."""
    manner: Manner
    after_failure: bool
    """Whether it began right after the previous one failed, as only a program can do."""
    before: Record | None
    """The revision that it replaced: the latest one deployed when it began."""
    ran_before: frozenset[tuple[str, Moment]]
    """The hooks that ran in earlier revisions, each with its time."""


def revisions(records: Sequence[Record]) -> Iterator[Revision]:
    """All revisions, in the order of their numbers."""
    ours = sorted(records, key=lambda record: record.number)
    deployed: Record | None = None
    ran: frozenset[tuple[str, Moment]] = frozenset()
    for at, record in enumerate(ours):
        following = ours[at + 1] if ours[at + 1 :] else None
        outcome = outcome_of(record.status)
        last = ours[at - 1] if at else None
        itself = last is not None and last.status == "failed" and _right_after(record, last)
        manner = _manner(record, deployed, itself)
        yield Revision(record, _end(record, following), outcome, manner, itself, deployed, ran)
        ran |= {(hook.name, hook.started) for hook in record.hooks if hook.started is not None}
        if outcome == "succeeded":
            deployed = record


def _end(record: Record, following: Record | None) -> Moment | None:
    """When the revision was applied, or failed. The status is written again when a later revision supersedes it."""
    if outcome_of(record.status) in ("running", "unknown"):
        return None
    after = following.created if following is not None else None
    written = record.modified
    replaced = record.status in ("superseded", "uninstalled", "uninstalling")
    if written is not None and not replaced and (after is None or written.earliest <= after.latest):
        # Two clocks, and whole seconds: the end must not be before the start.
        return max(written, record.created)
    latest = after or written or record.deleted
    end = max(latest.latest if latest is not None else record.created.latest, record.created.latest)
    # It was not applied before the hooks that run first had ended.
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
    """Whether this is a failed rollback. Only its description shows that, in part with the words of an install."""
    if record.status != "failed":
        return False
    return record.failed_as == "Rollback" or (record.failed_as == "Release" and deployed is not None)


def _right_after(record: Record, last: Record) -> bool:
    """Whether `record` began no later than a moment after `last` was written as failed, as Helm's own rollback does.

    The API server's clock dates the creation of a record, and the clock of the machine that ran Helm its status. The
    difference between the two shows in the start of `last`, which has both times.
    """
    if last.modified is None:
        return False
    ahead = last.begun.earliest - last.created.earliest if last.begun is not None else timedelta(0)
    return last.modified.latest - ahead >= record.created.earliest - _BY_ITSELF


def ran_in(revision: Revision, hook: Hook) -> bool:
    """Whether a hook ran in this revision.

    A rollback copies the hooks of the revision that it returns to, with the times of their earlier runs.
    """
    record, started = revision.record, hook.started
    if started is None or (hook.name, started) in revision.ran_before:
        return False
    until = record.modified.latest if record.modified is not None else record.created.latest + timedelta(days=1)
    return record.created.earliest - _CLOCKS <= started.earliest <= until + _CLOCKS + SECOND
