"""The keys of a `[sources.NAME]` table with `type = "events"`."""

import re
from pathlib import Path
from typing import Literal, Self, get_args
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from sources.settings import Settings

Field_ = Literal[
    "time", "kind", "service", "environment", "version", "commit", "digest", "actor", "url", "text", "id"
]  # fmt: skip
"""The fields that a record may have."""
Meaning = Literal[
    "deploy", "deploy.requested", "deploy.waiting", "deploy.approved", "deploy.started", "deploy.succeeded",
    "deploy.failed", "deploy.cancelled", "deploy.superseded", "deploy.refused",
    "rollback", "rollback.started", "rollback.succeeded", "rollback.failed",
    "restart", "migration", "infrastructure", "config.changed",
    "run.started", "run.succeeded", "run.failed",
    "flag.on", "flag.off", "flag.changed", "removed", "alert.firing", "alert.resolved",
    "annotation", "note", "ignore",
]  # fmt: skip
"""The possible meanings of a record. For `deploy`, `rollback`, `restart`, `migration` and `infrastructure` only one
instant is known, when it was done; the others have a start and an end.
"""
_SEPARATORS = re.compile(r"[\s_.:/-]+")
FIELDS: tuple[Field_, ...] = get_args(Field_)
MEANINGS: tuple[Meaning, ...] = get_args(Meaning)


class EventsSettings(Settings):
    """One file, or a folder of files. Without `fields`, each field is looked up under its own name."""

    path: Path = Field(strict=False)
    """A file, a folder, or a pattern with `*`."""
    format: Literal["auto", "json", "csv"] = "auto"
    """`auto`: CSV if the name ends with `.csv` or `.tsv`, else JSON or JSON Lines."""
    items: str = ""
    """Dotted path of the list of records in a JSON document; default: the document itself, or its only list."""
    fields: dict[Field_, str] = Field(default_factory=dict)
    """By field: its column, or its dotted path inside the record: `app.name`, `tags.0`."""
    fixed: dict[Field_, str] = Field(default_factory=dict)
    """By field: a value for all records."""
    kinds: dict[str, Meaning] = Field(default_factory=dict)
    """By the name of a kind in the records, in any case: its meaning."""
    time_format: str = ""
    """Format of times that are neither RFC 3339 nor numbers, as in Python's strptime: `%d/%m/%Y %H:%M`."""
    time_unit: Literal["auto", "s", "ms", "us", "ns"] = "auto"
    """Unit of times that are numbers; `auto`: chosen by their size."""
    tz: str | None = None
    """Zone of times without one: `Europe/Berlin`; default: that of the timeline."""

    @field_validator("tz")
    @classmethod
    def _zone(cls, value: str | None) -> str | None:
        try:
            if value is not None:
                ZoneInfo(value)
        except (LookupError, ValueError, OSError):
            raise ValueError('is no time zone; write it as "Europe/Berlin" or "UTC"') from None
        return value

    @model_validator(mode="after")
    def _once(self) -> Self:
        if both := sorted(self.fields.keys() & self.fixed.keys()):
            raise ValueError(f"{both[0]} stands in fields and in fixed; keep one")
        if "time" in self.fixed:
            raise ValueError("fixed: the time of all records cannot be the same; set fields.time")
        if "kind" in self.fixed and self.meaning(self.fixed["kind"]) is None:
            raise ValueError(f"fixed.kind: allowed: {', '.join(MEANINGS)}, and what is in kinds")
        return self

    def meaning(self, word: str) -> Meaning | None:
        """The meaning of records of this kind; None if unknown."""
        # `deploy_failed` and `Deploy canceled` are only other spellings.
        plain = _SEPARATORS.sub(".", word.strip().lower())
        named = {name.strip().lower(): meaning for name, meaning in self.kinds.items()}
        spelt = plain.replace("canceled", "cancelled")
        return named.get(word.strip().lower()) or next((known for known in MEANINGS if known == spelt), None)
