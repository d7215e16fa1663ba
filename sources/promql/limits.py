"""How much is read of a Prometheus, and how much there is."""

import re
from datetime import timedelta

from collector.window import Window

LEAD = timedelta(hours=1)
"""What was normal before the window."""
TAIL = timedelta(minutes=15)
LONGEST_COUNTED = timedelta(hours=12)
"""Of a longer window the counters are not read: at their full resolution they would be gigabytes."""
MOST_SERIES = 5000
"""Of one counter; more are not read."""


def too_long(window: Window) -> bool:
    """Whether the window is too long to read counters for."""
    return window.end - window.start > LONGEST_COUNTED


def how_many(result: object) -> int:
    """The number in the answer to `series`; 0 if there is none, as an empty count has."""
    match result:
        case [{"value": [_, str(number)]}] if re.fullmatch("[0-9]{1,15}", number):
            return int(number)
    return 0
