"""Limits on the data read from a Prometheus."""

import re
from datetime import timedelta

from collector.window import Window

LEAD = timedelta(hours=1)
"""Time before the window that shows the normal level."""
TAIL = timedelta(minutes=15)
LONGEST_COUNTED = timedelta(hours=12)
"""Counters are not read for a longer window: at full resolution they would be gigabytes."""
MOST_SERIES = 5000
"""Maximum series of one counter; if it has more, it is not read."""


def too_long(window: Window) -> bool:
    """Whether the window is too long to read counters for."""
    return window.end - window.start > LONGEST_COUNTED


def how_many(result: object) -> int:
    """The number in the answer to `series`; 0 if there is none, as in the answer to an empty count."""
    match result:
        case [{"value": [_, str(number)]}] if re.fullmatch("[0-9]{1,15}", number):
            return int(number)
    return 0
