"""Isolates the failures of one adapter from everything else."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from collector.source import Gap, SourceError

Item = TypeVar("Item")


def guarded(items: Iterable[Item]) -> Iterator[Item | Gap]:
    """The items until the source fails; the failure becomes the last item, a fatal Gap."""
    try:
        yield from items
    except SourceError as error:
        yield Gap(error.reason, error.hint, fatal=True)
    # A bug in one adapter must not cost the others their rows; it is reported as one, not hidden.
    except Exception as error:  # noqa: BLE001
        yield Gap(f"unexpected {type(error).__name__}: {error}", "this is a bug in pm-timeline: report it", fatal=True)
