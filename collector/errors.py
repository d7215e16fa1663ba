"""The errors that end a run. What one system could not answer is no error but a Gap; see `collector.source`."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collector.coverage import Coverage
    from collector.result import Timeline


class TimelineError(Exception):
    """There is no timeline. The message is one line that names the culprit and the remedy."""

    def __init__(self, message: str) -> None:
        """Line breaks and unprintable characters that came in with a name or a value become spaces."""
        super().__init__("".join(char if char.isprintable() else " " for char in message))


class UsageError(TimelineError):
    """An argument, an option or the configuration cannot be used; no system was asked anything."""


class BundleError(TimelineError):
    """An evidence bundle cannot be read or written."""

    timeline: "Timeline | None" = None
    """What was drafted before it could not be written: the table is not lost with it."""


class Interrupted(KeyboardInterrupt):
    """Somebody did not want to wait any longer for the systems."""

    def __init__(self, unfinished: "Sequence[str]", draft: "Callable[[], Timeline] | None" = None) -> None:
        """`unfinished` are the sources that were still being asked.

        `draft` makes a timeline of what had come by then, which takes its time; None if nothing had come.
        """
        super().__init__()
        self.unfinished = tuple(unfinished)
        self.draft = draft


class TimelineWarning(UserWarning):
    """A request was understood in a way that its caller should know of."""


class NoAnswerError(TimelineError):
    """No source could be asked, so that there is no evidence at all."""

    def __init__(self, coverage: "Sequence[Coverage]") -> None:
        """`coverage` has the reasons, for each source its gaps."""
        reasons = [
            f"{source.source}: {gap.reason}" + (f" ({gap.hint})" if gap.hint else "")
            for source in coverage
            for gap in source.gaps
        ]
        super().__init__(f"no source could be asked, so there is no timeline: {'; '.join(reasons)}")
        self.coverage = tuple(coverage)
        self.reasons = tuple(reasons)
