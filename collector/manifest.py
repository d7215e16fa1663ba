"""The evidence bundle: every raw answer of a run in one file, from which the same table can be made again.

A bundle is a zip (or its unpacked folder) with a `manifest.json`, described here, and one file per document.
`collector.capture` writes it, `collector.replay` reads it.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

FORMAT: Literal["pm-timeline-bundle/1"] = "pm-timeline-bundle/1"
MANIFEST = "manifest.json"


class _Model(BaseModel):
    # pydantic builds a model when it is first used by itself: to read a bundle, that is only Manifest.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def _in_range(moment: datetime) -> datetime:
    """The time, if it leaves room for arithmetic. Raises ValueError otherwise."""
    if not 1970 <= moment.year < 2200:
        raise ValueError("the time is out of range")
    return moment


Time = Annotated[AwareDatetime, AfterValidator(_in_range)]
SourceName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}/[0-9]{6}\.txt$")]


class StoredDocument(_Model):
    """One document as the manifest lists it."""

    file: FileName
    call: str
    asked: str
    at: Time
    sha256: str


class StoredGap(_Model):
    """One Gap that the source's fetch reported."""

    reason: str
    hint: str = ""
    fatal: bool = False


class StoredSource(_Model):
    """One source: its settings, documents and gaps."""

    name: SourceName
    type: str
    settings: dict[str, Any]
    """As configured; secrets are never in them."""
    documents: tuple[StoredDocument, ...] = ()
    gaps: tuple[StoredGap, ...] = ()


class StoredWindow(_Model):
    """The window asked for."""

    start: Time = Field(alias="from")
    end: Time = Field(alias="to")
    tz: str

    @model_validator(mode="after")
    def _begins_first(self) -> Self:
        if self.start >= self.end:
            raise ValueError("it ends before it begins")
        return self


class Manifest(_Model):
    """The contents of a bundle, and the request that they answer."""

    format: Literal["pm-timeline-bundle/1"]
    made_by: str
    captured_at: Time
    window: StoredWindow
    services: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    aliases: dict[str, str] = Field(default_factory=dict)
    """Other names of services, as configured."""
    sources: tuple[StoredSource, ...]
