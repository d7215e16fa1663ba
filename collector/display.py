"""How a notebook shows a Timeline: set by the package that knows the formats, because this one knows none."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collector.result import Timeline

    Show = Callable[[Timeline], str]

shown_by: "list[Show]" = []
"""At most one function, which returns HTML."""


def as_html(timeline: "Timeline") -> str | None:
    """HTML, or None if nobody has set how."""
    return shown_by[0](timeline) if shown_by else None
