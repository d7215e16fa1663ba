"""What the gates have in common."""

import os
from functools import cache
from typing import Any

from tests.examples import few
from tests.incidents.bundle import Bundle, load
from tests.incidents.measure import FOLDER, names
from tests.incidents.pipeline import Read, Table, read

WHOLE = os.environ.get("PM_TIMELINE_WHOLE") == "1"
"""Whether everything is tried that can be, and not a sample of it. `make bench-incidents` does so."""
_LARGE = 1_000_000
NAMES = names()
SMALL = [name for name in NAMES if WHOLE or (FOLDER / name / "bundle.zip").stat().st_size < _LARGE]
"""Those that take no more than a moment; all of them if `WHOLE`."""


def some(offset: int) -> list[Any]:
    """Parameters for a test that is to hold for all that are `SMALL`.

    `make test-all` takes every third from an offset, and `make test` a fifth of those.
    """
    return few(SMALL if WHOLE else SMALL[offset % 3 :: 3], 5)


@cache
def bundle_of(name: str) -> Bundle:
    """The bundle of an incident; not to be changed."""
    return load(FOLDER / name / "bundle.zip")


@cache
def events_of(name: str) -> Read:
    """The Events of an incident."""
    return read(FOLDER / name / "bundle.zip")


@cache
def table_of(name: str) -> Table:
    """The table of an incident."""
    return events_of(name).table()
