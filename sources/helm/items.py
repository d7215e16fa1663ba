"""The needed parts of Helm's records, read from objects in which anything may be missing or have another type."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from collector.event import SECOND
from sources.cluster.fields import count, get, integer, moment, objects, strings, text
from sources.fact import Moment
from sources.gitops.revisions import chart_version
from sources.gitops.services import WORKLOADS, Workload

_ROLLBACK = re.compile(r"Rollback to (\d+)")
_FAILED = re.compile(r'(Upgrade|Rollback|Release) ".*?" failed: (.*)')


class Hook(Struct, frozen=True):
    """One hook, with its latest run by the clock of the machine that ran Helm."""

    name: str
    kind: str
    events: tuple[str, ...]
    started: Moment | None
    completed: Moment | None
    phase: str


class Record(Struct, frozen=True):
    """One revision of one release."""

    namespace: str
    release: str
    number: int
    status: str
    created: Moment
    """When Helm first wrote the record, as pending, before anything was applied; by the API server's clock."""
    begun: Moment | None
    """When the revision began, by the clock of the machine that ran Helm; None unless the record itself was read."""
    modified: Moment | None
    """When its status was last written, by the clock of the machine that ran Helm: its end, or its replacement."""
    deleted: Moment | None
    back_to: int | None
    """The revision that it is a rollback to."""
    why: str
    """Why it failed."""
    failed_as: str
    """Helm's word for the failed action: `Upgrade`; `Rollback`, or in Helm 3 `Release` if it failed while waiting."""
    chart: str
    images: tuple[str, ...]
    workloads: tuple[Workload, ...]
    services: tuple[str, ...]
    """The name of the service in its workloads' labels."""
    hooks: tuple[Hook, ...]
    content: tuple[int, int] | None
    """Numbers for manifest and values: equal numbers in two revisions of a release mean equal content."""
    name: str
    """Name of the object that holds the record."""


def read_record(item: Any) -> Iterator[Record]:
    """Read one record. Raises ValueError if it names no release, or has no number or time."""
    labels = strings(item, "metadata", "labels")
    release = get(item, "release")
    info = get(release, "info")
    number, created = integer(labels.get("version", "")), moment(get(item, "metadata", "creationTimestamp"))
    if labels.get("owner") != "helm" or not labels.get("name") or number is None or created is None:
        raise ValueError("no record of a release")
    description = text(info, "description")
    failed, back = _FAILED.match(description), _ROLLBACK.fullmatch(description)
    deployed = objects(release, "workloads")
    namespace = text(item, "metadata", "namespace")
    yield Record(
        namespace=namespace,
        release=labels["name"],
        number=number,
        status=labels.get("status", ""),
        created=created,
        begun=moment(get(info, "last_deployed")),
        modified=_unix(labels.get("modifiedAt", "")),
        deleted=moment(get(info, "deleted")),
        back_to=count(info, "rollback_revision") or (int(back[1]) if back and len(back[1]) < 10 else None),
        why=failed[2] if failed else description if labels.get("status") == "failed" else "",
        failed_as=failed[1] if failed else "",
        chart=chart_version(text(release, "chart", "metadata", "name"), text(release, "chart", "metadata", "version")),
        images=tuple(image for each in deployed for image in each.get("images", ()) if isinstance(image, str)),
        workloads=tuple(
            Workload(text(each, "namespace") or namespace, text(each, "kind"), text(each, "name"))
            for each in deployed
            if text(each, "kind") in WORKLOADS
        ),
        services=tuple(sorted({text(each, "service") for each in deployed} - {""})),
        hooks=tuple(_hook(each) for each in objects(release, "hooks")),
        content=_content(release),
        name=text(item, "metadata", "name"),
    )


def _hook(item: Any) -> Hook:
    events = get(item, "events")
    return Hook(
        name=text(item, "name"),
        kind=text(item, "kind"),
        events=tuple(each for each in events if isinstance(each, str)) if isinstance(events, list) else (),
        started=moment(get(item, "last_run", "started_at")),
        completed=moment(get(item, "last_run", "completed_at")),
        phase=text(item, "last_run", "phase"),
    )


def _content(release: Any) -> tuple[int, int] | None:
    manifest, values = count(release, "manifest"), count(release, "values")
    return None if manifest is None or values is None else (manifest, values)


def _unix(digits: str) -> Moment | None:
    seconds = integer(digits)
    if seconds is None or seconds < 946_684_800:
        return None
    at = datetime.fromtimestamp(seconds, UTC)
    return Moment(at, at + SECOND)
