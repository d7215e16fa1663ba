"""What is measured with a clock or a meter is measured again before anybody complains of it."""

from collections.abc import Callable
from typing import TypeVar

TRIES = 3
T = TypeVar("T")


def best_of_three(measure: Callable[[], T], enough: Callable[[T], bool]) -> T:
    """The first measurement that is `enough`, and after three the last one, for the assertions to judge.

    What else runs on the machine only adds to what a program takes: one measurement within the limit shows that it can
    keep to it, and one that is above shows nothing. Each is printed.
    """
    for _ in range(TRIES):
        found = measure()
        print(*(found if isinstance(found, tuple) else (found,)), sep="\n")
        if enough(found):
            break
    return found
