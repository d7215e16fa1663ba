"""Sorts the documents into the versions of every object, in order."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, field

from collector.source import BadAnswer, Document, Gap, each
from sources.cluster.fields import get, objects, text


class Version(Struct, frozen=True):
    """One version of an object, or the report that it was gone."""

    number: int
    """Its place in the order of storage."""
    change: str
    """See `sources.recorder.tables`."""
    seen: datetime
    since: datetime | None
    """If the object vanished unobserved: the earliest time at which that can have happened."""
    item: dict[str, Any] | None
    """The object; None if it is only known to be gone."""

    @property
    def gone(self) -> bool:
        """Whether this version reports that the object is gone."""
        return self.change in ("DELETED", "VANISHED")


class Span(Struct, frozen=True):
    """When a resource was recorded completely, or not at all because a right was missing."""

    resource: str
    namespace: str
    since: datetime
    until: datetime
    lacks: str


def listing(call: str, at: datetime, items: list[dict[str, Any]]) -> Document:
    """Objects in the form of an API list answer."""
    return Document(call, "recorded", at, "", {"items": items})


class Recorded(Struct):
    """All recorded data of one cluster."""

    name: str
    objects: dict[str, dict[str, list[Version]]] = field(default_factory=dict)
    """By resource and uid, in order."""
    spans: list[Span] = field(default_factory=list)
    forgotten: datetime | None = None
    """Versions that ended before this have been removed."""
    why: str = ""
    """`age` or `size`."""

    def gone_since(self, resource: str, namespace: str, versions: Sequence[Version], end: Version) -> datetime:
        """The earliest time at which the object may have been gone that the version `end` reports as gone.

        It existed when it was last seen before. If a watch reported its deletion, it also existed when that watch
        began; otherwise it would have been missing from the list that precedes the watch.
        """
        known = [version.seen for version in versions if version.number < end.number]
        if end.since:
            known.append(end.since)
        elif end.change == "DELETED":
            ours = (span for span in self.spans if span.resource == resource and span.namespace in ("", namespace))
            known += [span.since for span in ours if not span.lacks and span.since <= end.seen]
        return min(max(known, default=end.seen), end.seen)


class Records(Struct):
    """All documents, sorted by cluster."""

    clusters: dict[str, Recorded] = field(default_factory=dict)
    at: datetime | None = None
    """When the store was read."""
    gaps: list[Gap] = field(default_factory=list)

    def of(self, name: str) -> Recorded:
        """The recorded data of a cluster."""
        return self.clusters.setdefault(name, Recorded(name))


def sorted_out(documents: Iterable[Document], resources: Iterable[str]) -> Records:
    """The documents of `sources.recorder.fetch`, in any order, sorted by cluster."""
    records, known = Records(), {*resources}
    for document in documents:
        if document.call != "store" and document.call not in known:
            records.gaps.append(Gap(f"{document.call}: this version does not know what it is"))
            continue
        records.at = max(records.at or document.at, document.at)
        try:
            page = document.json()
        except BadAnswer as error:
            records.gaps.append(Gap(error.reason))
            continue
        if document.call == "store":
            _take_store(page, records)
        else:
            _take_page(page, document.call, records)
    for cluster in records.clusters.values():
        cluster.spans.sort(key=lambda span: (span.since, span.until, span.resource, span.namespace, span.lacks))
        for by_uid in cluster.objects.values():
            for versions in by_uid.values():
                versions.sort(key=lambda version: version.number)
    return records


def _take_store(store: Any, records: Records) -> None:
    for item in objects(store, "clusters"):
        cluster = records.of(text(item, "name"))
        cluster.forgotten, cluster.why = _instant(item.get("forgotten")), text(item, "why")
    for found in each(get(store, "spans"), _span, "store"):
        if isinstance(found, Gap):
            records.gaps.append(found)
        else:
            records.of(found[0]).spans.append(found[1])


def _take_page(page: Any, resource: str, records: Records) -> None:
    of = records.of(text(page, "cluster")).objects.setdefault(resource, {})
    for found in each(get(page, "versions"), _version, resource):
        if isinstance(found, Gap):
            records.gaps.append(found)
        else:
            of.setdefault(found[0], []).append(found[1])


def _span(item: dict[str, Any]) -> Iterator[tuple[str, Span]]:
    since, until = _instant(item["since"]), _instant(item["until"])
    if since is None or until is None:
        raise ValueError("a span without its times")
    places = (text(item, "resource"), text(item, "namespace"))
    yield text(item, "cluster"), Span(*places, since, max(since, until), text(item, "lacks"))


def _version(item: dict[str, Any]) -> Iterator[tuple[str, Version]]:
    number, uid, seen, found = item["id"], text(item, "uid"), _instant(item["seen"]), item["object"]
    if not isinstance(number, int) or not uid or seen is None or not (found is None or isinstance(found, dict)):
        raise ValueError("a version without what every version has")
    yield uid, Version(number, text(item, "change"), seen, _instant(item.get("since")), found)


def _instant(value: object) -> datetime | None:
    """The instant of a stamp from the store; None if there is none."""
    if not isinstance(value, str):
        return None
    parsed = datetime.fromisoformat(value)
    if parsed.tzinfo is None or not 2000 <= parsed.year < 2200:
        raise ValueError("no instant")
    return parsed.astimezone(UTC)
