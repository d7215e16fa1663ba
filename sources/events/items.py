"""Extracts the configured fields of a record as texts, whatever else the record contains."""

import re
from typing import Any, NamedTuple

from sources.events.records import look_up
from sources.events.settings import FIELDS, EventsSettings
from sources.text import one_line

LONGEST = 500
"""Maximum characters of one text."""
_COMMIT = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE)
_DIGEST = re.compile(r"(?:[\w.+-]+@)?(sha256:)?([0-9a-f]{64})", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s\x00-\x1f\x7f-\x9f]+")


class Item(NamedTuple):
    """One record; unknown texts are empty."""

    kind: str = ""
    """In the record's own words."""
    service: str = ""
    environment: str = ""
    version: str = ""
    commit: str = ""
    digest: str = ""
    actor: str = ""
    url: str = ""
    text: str = ""
    id: str = ""
    """Shared by the start and the end of the same thing."""


def extracted(record: Any, settings: EventsSettings) -> dict[str, str]:
    """The configured fields that the record has, except `time`."""
    found: dict[str, str] = {}
    for field in FIELDS:
        if field != "time" and (value := settings.fixed.get(field) or _text(located(record, field, settings))):
            found[field] = value[:LONGEST]
    return found


def located(record: Any, field: Any, settings: EventsSettings) -> Any:
    """The value of one field, at the place that the settings define."""
    if field in settings.fields:
        return look_up(record, settings.fields[field])
    found = look_up(record, field)
    if found is None and isinstance(record, dict):
        # Headers in spreadsheets may have any case.
        found = next((value for name, value in record.items() if name.lower() == field), None)
    return found


def item(kept: Any) -> Item:
    """The cleaned Item from the result of `extracted`. Raises TypeError for anything else."""
    if not isinstance(kept, dict):
        raise TypeError("fields are an object")
    texts = {field: one_line(kept[field]) for field in Item._fields if isinstance(kept.get(field), str)}
    known = Item(**texts)
    return known._replace(
        version=plain_version(known.version),
        commit=known.commit.lower() if _COMMIT.fullmatch(known.commit) else "",
        digest=plain_digest(known.digest),
        url=known.url if _URL.fullmatch(known.url) else "",
    )


def plain_version(text: str) -> str:
    """A version without a `v` before a digit, unless the version is only a number, as in `v2`."""
    return text[1:] if re.match(r"v\d+(?!\d*$)", text) else text


def plain_digest(text: str) -> str:
    """`sha256:...` for a digest or for an image with one; empty if there is none."""
    found = _DIGEST.fullmatch(text.rpartition("@")[2])
    return f"sha256:{found[2].lower()}" if found else ""


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return one_line(str(value))
