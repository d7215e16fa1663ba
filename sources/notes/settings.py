"""The settings of notes."""

from pathlib import Path

from pydantic import Field

from sources.settings import Settings


class NotesSettings(Settings):
    """A file, lines, or both."""

    file: Path | None = Field(default=None, strict=False)
    """Text or Markdown in UTF-8; the README lists the forms."""
    lines: list[str] = Field(default_factory=list)
    """One note each: `14:12 text`."""
    tz: str = ""
    """The zone of times without one; default: the timeline's. A bundle keeps it for replays in other zones."""
