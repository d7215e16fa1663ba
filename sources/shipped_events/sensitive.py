"""Parts of shipped records that are not needed and may hold secrets."""

from typing import Any

SENSITIVE = frozenset({"annotations", "labels", "managedFields"})
"""Annotations may hold whole objects, with passwords in their environment variables."""


def without_sensitive(record: Any) -> Any:
    """The record without these parts, at any depth."""
    if isinstance(record, list):
        return [without_sensitive(item) for item in record]
    if isinstance(record, dict):
        return {key: without_sensitive(item) for key, item in record.items() if key not in SENSITIVE}
    return record
