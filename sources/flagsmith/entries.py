"""Entries of Flagsmith's audit log: the meaning of their sentences, and who made the changes."""

import re
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sources.fact import Moment
from sources.flag_facts import Author
from sources.text import one_line

DETAILED = re.compile(r"Flag state updated for feature: ")
"""The beginning of entries that only show in their details whether the flag was turned on or off."""
_STATE = "state changed"
VERSION = "new version published"
"""An entry with feature versioning, which contains no more than that."""
_CHANGING: tuple[tuple[str, str], ...] = (
    (r"Flag state updated for feature: (?P<flag>.+)", _STATE),
    # Of older versions, which have one sentence for pipelines, requests and direct changes.
    (r"Flag state / Remote Config value updated for feature: (?P<flag>.+)", "state or value changed"),
    (r"Flag state / Remote config updated for feature: (?P<flag>.+) by Release pipeline: .+", "changed by a pipeline"),
    (r"Flag state / Remote config updated for feature: (?P<flag>.+) by Change Request: .+", "changed by a request"),
    (
        r"Scheduled change to Flag state / Remote config value went live for feature: (?P<flag>.+)"
        r" by Change Request: .+",
        "changed by its schedule",
    ),
    (r"Remote config value updated for feature: (?P<flag>.+)", "value changed"),
    (r"New version published for feature: (?P<flag>.+)", VERSION),
    (r"Flag / Remote Config Deleted: (?P<flag>.+)", "deleted"),
    (r"Segment rules updated for flag: (?P<flag>.+) in environment: .+", "segment rules changed"),
    (r"Segment override created for feature '(?P<flag>.+)' and segment '(?P<segment>.+)'", "override added"),
    (
        r"Flag state / Remote config value updated for feature '(?P<flag>.+)' and segment '(?P<segment>.+)'",
        "override changed",
    ),
    (
        r"Remote config updated for segment override on feature '(?P<flag>.+)' and segment '(?P<segment>.+)'\.?",
        "override changed",
    ),
    (
        r"Flag state / Remote config value deleted for feature '(?P<flag>.+)' and segment '(?P<segment>.+)'",
        "override removed",
    ),
    (
        r"Phased rollout split changed from '(?P<old>.+)' to '(?P<new>.+)' for feature '(?P<flag>.+)'"
        r" by release pipeline .+",
        "rollout changed from {old} to {new}",
    ),
    (r"Phased rollout created for feature: (?P<flag>.+) by release pipeline: .+", "phased rollout started"),
    (r"Segment updated: (?P<of>.+)", "changed"),
    (r"Segment deleted: (?P<of>.+)", "deleted"),
)
_WITHOUT_EFFECT: tuple[tuple[str, str], ...] = (
    (r"New Flag / Remote Config created: (?P<flag>.+)", "created"),
    (r"Flag / Remote Config updated: (?P<flag>.+)", "described otherwise"),
    (r"Flag state / Remote Config value update scheduled for .+ for feature: (?P<flag>.+)", "given a schedule"),
    (r"Flag state for feature '(?P<flag>.+)' scheduled for update by Change Request .+", "given a schedule"),
    (r"Segment override scheduled for .+ for feature '(?P<flag>.+)' and segment .+", "given a schedule"),
    (r"Identity override scheduled for .+ for feature '(?P<flag>.+)' and identity .+", "given a schedule"),
    (r".* feature '(?P<flag>.+)' and identity .+", "changed for one user"),
    (r"New Segment created: (?P<of>.+)", "created"),
)
_SENTENCES = [(re.compile(text), how, True) for text, how in _CHANGING]
_SENTENCES += [(re.compile(text), how, False) for text, how in _WITHOUT_EFFECT]
_OF_FLAGS = ("FEATURE", "FEATURE_STATE", "SEGMENT", "EF_VERSION")


class Meaning(NamedTuple):
    """The meaning of a sentence."""

    flag: str
    """`segment NAME` for a segment."""
    how: str
    changing: bool
    """Whether it changes anything for users immediately."""


def meaning(item: Any) -> Meaning | None:
    """The meaning of an entry about a flag or segment; None if it is about something else, or not understood."""
    log = one_line(item["log"])
    for pattern, how, changing in _SENTENCES:
        found = pattern.fullmatch(log)
        if found:
            named = found.groupdict()
            of = named.get("segment")
            words = how.format(**named) + (f" for segment {of}" if of else "")
            return Meaning(named.get("flag") or f"segment {named['of']}", words, changing)
    return None


def is_of_flags(item: Any) -> bool:
    """Whether an entry is about flags or segments, and should therefore be understood."""
    return item.get("related_object_type") in _OF_FLAGS


def when(item: Any) -> Moment | None:
    """When it was written, to the microsecond; None if it has no valid time."""
    value = item.get("created_date") if isinstance(item, dict) else None
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        at = at.astimezone(UTC) if at is not None and at.tzinfo else None
    except (ValueError, OverflowError):
        return None
    return Moment(at, at) if at is not None and 2000 <= at.year < 2200 else None


def hand(item: Any) -> Author:
    """Who made the change: a user, or automation such as an API key, a schedule or a pipeline."""
    author = item.get("author")
    name = author.get("email") if isinstance(author, dict) else ""
    name = one_line(name) if isinstance(name, str) else ""
    return Author(name, automated=not name or item.get("is_system_event") is True)


def name_of(item: Any, key: str) -> str:
    """The name of its `environment` or `project`; empty if it has none."""
    owner = item.get(key)
    name = owner.get("name") if isinstance(owner, dict) else ""
    return one_line(name) if isinstance(name, str) else ""
