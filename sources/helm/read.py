"""Reads Helm's records into deploys."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from collector.event import SECOND, Event, order
from collector.source import BadAnswer, Document, Gap, Seen, each
from collector.window import Window
from sources.cluster.fields import get, objects
from sources.gitops.helm_statuses import STATUSES
from sources.gitops.lead import LEAD
from sources.helm.deploys import deploy_events
from sources.helm.items import Record, read_record
from sources.helm.migrations import migration_events
from sources.helm.revisions import Revision, revisions
from sources.helm.settings import HelmSettings
from sources.helm.subjects import subject_of
from sources.unknown_states import unknown_states

_USUAL = 10
"""How many revisions Helm keeps by default (`--history-max`)."""


def read(
    documents: Iterable[Document], window: Window, source: str, settings: HelmSettings
) -> Iterator[Event | Gap | Seen]:
    """See `HelmSource.read`."""
    records: dict[tuple[str, str], dict[int, Record]] = {}
    gaps: set[Gap] = set()
    unreadable: set[str] = set()
    for document in documents:
        try:
            items = get(document.json(), "items")
        except BadAnswer as error:
            gaps.add(Gap(error.reason, error.hint))
            continue
        unreadable |= {
            repr(item.get("metadata")) for item in objects({"items": items}, "items") if "unreadable" in item
        }
        for found in each(items, read_record, document.call):
            if isinstance(found, Gap):
                gaps.add(found)
            else:
                ours = records.setdefault((found.namespace, found.release), {})
                # A record may have been fetched twice while it changed: choose the same copy in any order.
                ours[found.number] = max(found, ours.get(found.number, found), key=repr)
    yield from sorted(_events(records, window, source, settings), key=order)
    if unreadable:
        gaps.add(Gap(f"{len(unreadable)} records of releases could not be unpacked: only their times are known"))
    yield from sorted(gaps, key=repr)
    statuses = (record.status for ours in records.values() for record in ours.values())
    yield from unknown_states("revisions of releases", statuses, STATUSES)
    yield from _coverage(records, window, settings)


def _events(
    records: dict[tuple[str, str], dict[int, Record]], window: Window, source: str, settings: HelmSettings
) -> Iterator[Event]:
    since = window.start - LEAD
    for _, ours in sorted(records.items()):
        found = list(revisions(list(ours.values())))
        if not any(_latest(revision) >= since for revision in found):
            continue
        for revision in found:
            subject = subject_of(revision.record, settings.cluster)
            yield from deploy_events(revision, subject, source, settings)
            yield from migration_events(revision, subject, source, settings)


def _latest(revision: Revision) -> datetime:
    known = (revision.record.created, revision.end, revision.record.modified, revision.record.deleted)
    return max(moment.latest for moment in known if moment is not None)


def _coverage(
    records: dict[tuple[str, str], dict[int, Record]], window: Window, settings: HelmSettings
) -> Iterator[Gap | Seen]:
    cut = []
    of = f"deploys by helm {settings.cluster}".rstrip()
    for (namespace, release), ours in sorted(records.items()):
        oldest = min(ours.values(), key=lambda record: record.number)
        if len(ours) >= _USUAL and oldest.number > 1 and oldest.created.earliest > window.start:
            cut.append((oldest.created.earliest, f"{namespace}/{release}"))
    if cut:
        until = min(max(at for at, _ in cut), window.end)
        names = ", ".join(name for _, name in cut[:5]) + (" and more" if cut[5:] else "")
        reason = f"the history of {names} reaches back to {until:%Y-%m-%d %H:%M:%SZ} only"
        yield Gap(reason, "raise --history-max of Helm", about=of, span=(window.start, max(until, window.start)))
    if not records:
        yield Gap(
            "no records of releases at all",
            "does Helm keep them elsewhere, see `driver`? `helm template` and Argo CD make none",
        )
    else:
        yield Seen(of, "releases", window.start, window.end, SECOND)
