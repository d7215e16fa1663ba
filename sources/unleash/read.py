"""The meaning of the events: a flag turned on or off, its strategies changed, or no effect on users."""

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from collector.event import Event, Identity
from collector.source import BadAnswer, Document, Gap, each
from sources.fact import report
from sources.flag_facts import OFF, ON, Flag, flag_changed, flag_mentioned, numbers
from sources.flag_log import entries as items
from sources.unleash.entries import Entry, entry
from sources.unleash.settings import UnleashSettings

_CHANGES = {
    "feature-environment-enabled": ON,
    "feature-environment-disabled": OFF,
    "feature-strategy-add": "strategy added",
    "feature-strategy-update": "strategy changed",
    "feature-strategy-remove": "strategy removed",
    "feature-environment-variants-updated": "variants changed",
    "feature-variants-updated": "variants changed",
    "feature-dependency-added": "made to depend on another flag",
    "feature-dependency-removed": "no longer made to depend on another flag",
    "feature-dependencies-removed": "no longer made to depend on other flags",
    "feature-archived": "archived",
    "feature-revived": "revived",
    "feature-deleted": "deleted",
    "feature-project-change": "moved to another project",
    "feature-import": "imported",
    "features-imported": "imported",
    "release-plan-added": "given a release plan",
    "release-plan-removed": "rid of its release plan",
    "release-plan-milestone-started": "taken to the next milestone of its release plan",
    "safeguard-triggered": "stopped by a safeguard",
    "project-environment-removed": "has all its flags off",
    "segment-updated": "changed",
    "segment-deleted": "deleted",
}


def read(documents: Iterable[Document], source: str, settings: UnleashSettings) -> Iterator[Event | Gap]:
    """An Event for each event about a flag or segment, in order of time."""
    found: dict[int, tuple[Entry, str]] = {}
    for document in documents:
        if document.call != "events":
            continue
        try:
            listed = items(document, "events")
        except BadAnswer as error:
            yield Gap(error.reason, error.hint)
            continue
        for one in each(listed, entry, "events"):
            if isinstance(one, Gap):
                yield one
            else:
                # The same event may be on two pages.
                found[one.id] = min(found.get(one.id, (one, document.asked)), (one, document.asked), key=repr)
    for one, asked in sorted(found.values(), key=lambda known: (known[0].when, known[0].id)):
        if not (settings.environments and one.environment and one.environment not in settings.environments):
            yield _event(one, asked, source, settings)


def _event(one: Entry, asked: str, source: str, settings: UnleashSettings) -> Event:
    flag = Flag(one.flag, settings.service_of(one.flag, one.project, one.tags), one.environment)
    how = _CHANGES.get(one.type, "")
    if how == "strategy changed" and all(one.rollout) and one.rollout[0] != one.rollout[1]:
        how = f"rollout changed from {one.rollout[0]}% to {one.rollout[1]}%"
    is_flag = one.project and not one.flag.startswith(("segment ", "project "))
    page = f"{settings.url}/projects/{quote(one.project, safe='')}/features/{quote(one.flag, safe='')}"
    return report(
        flag_changed(flag, how, one.by) if how else flag_mentioned(flag, _mention(one.type), one.by),
        one.when,
        source=source,
        native_id=f"event/{one.id}",
        keys=Identity(flag=one.flag),
        numbers=numbers(how, one.by),
        actor=one.by.name,
        url=page if is_flag else "",
        query=asked,
    )


def _mention(type_: str) -> str:
    """Words for an event type, `has the event stale on` for `feature-stale-on`."""
    return f"has the event {type_.partition('-')[2].replace('-', ' ') or type_}"
