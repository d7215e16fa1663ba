"""How a notebook shows a Timeline. The package with the formats sets it, because this package has none."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collector.result import Timeline

    Show = Callable[[Timeline], str]

shown_by: "list[Show]" = []
"""At most one function, which returns HTML."""


def as_html(timeline: "Timeline") -> str | None:
    """The timeline as HTML; None if no function is set."""
    return shown_by[0](timeline) if shown_by else None
