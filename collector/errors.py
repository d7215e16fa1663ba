"""The errors that end a run. If a single system cannot answer, that is a Gap instead; see `collector.source`."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collector.coverage import Coverage
    from collector.result import Timeline


class TimelineError(Exception):
    """There is no timeline. The message is one line that names the culprit and the remedy."""

    def __init__(self, message: str) -> None:
        """Line breaks and unprintable characters from names and values become spaces."""
        super().__init__("".join(char if char.isprintable() else " " for char in message))


class UsageError(TimelineError):
    """An argument, an option or the configuration cannot be used; no system was asked anything."""


class BundleError(TimelineError):
    """An evidence bundle cannot be read or written."""

    timeline: "Timeline | None" = None
    """The timeline, so that it is not lost if only its bundle cannot be written."""


class Interrupted(KeyboardInterrupt):
    """The user did not want to wait any longer for the systems."""

    def __init__(self, unfinished: "Sequence[str]", draft: "Callable[[], Timeline] | None" = None) -> None:
        """`unfinished` are the sources that were still being asked.

        `draft` makes a timeline from the answers so far, which takes a while; None if there were none.
        """
        super().__init__()
        self.unfinished = tuple(unfinished)
        self.draft = draft


class TimelineWarning(UserWarning):
    """A request was understood in a way that its caller should know about."""


class NoAnswerError(TimelineError):
    """No source could be asked, so there is no evidence at all."""

    def __init__(self, coverage: "Sequence[Coverage]") -> None:
        """`coverage` contains the reasons: the gaps of each source."""
        reasons = [
            f"{source.source}: {gap.reason}" + (f" ({gap.hint})" if gap.hint else "")
            for source in coverage
            for gap in source.gaps
        ]
        super().__init__(f"no source could be asked, so there is no timeline: {'; '.join(reasons)}")
        self.coverage = tuple(coverage)
        self.reasons = tuple(reasons)
