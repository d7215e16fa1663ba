"""Kubernetes Events about the objects of a tool: their kept fields, and how they are read."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sources.cluster.event_objects import Record, read_record
from sources.cluster.fields import get, objects, strings

_KEPT = (
    "involvedObject",
    "reason",
    "message",
    "type",
    "count",
    "firstTimestamp",
    "lastTimestamp",
    "eventTime",
    "series",
)
_METADATA = ("name", "namespace", "uid", "creationTimestamp")
_LONGEST = 2000


class Report(NamedTuple):
    """One Event with the annotations of its recorder."""

    record: Record
    notes: Mapping[str, str]
    """Annotations, such as the revision that it is about, or the requester."""


def kept_events(page: Mapping[str, Any], prefixes: tuple[str, ...]) -> dict[str, Any]:
    """A page of Events without managed fields, and only with annotations that begin with one of `prefixes`."""
    return {"items": [_kept(item, prefixes) for item in objects(page, "items")]}


def _kept(item: Mapping[str, Any], prefixes: tuple[str, ...]) -> dict[str, Any]:
    known = {key: get(item, "metadata", key) for key in _METADATA}
    notes = {key: value for key, value in strings(item, "metadata", "annotations").items() if key.startswith(prefixes)}
    left = {key: item[key] for key in _KEPT if key in item}
    if isinstance(left.get("message"), str):
        left["message"] = left["message"][:_LONGEST]
    return {"metadata": {**known, "annotations": notes}, **left}


def read_report(item: dict[str, Any]) -> Iterator[Report]:
    """Read one Event. Raises ValueError if it has no name or no time."""
    for record in read_record(item):
        yield Report(record, strings(item, "metadata", "annotations"))
