"""How much more work eight times as much evidence is."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cli.memory import search_rarely
from tests.bench.measured_again import best_of_three

FEW, MANY = 1_000, 8_000
ALLOWED = 24
"""Times as much for eight times the input. A square takes 64 times; a busy machine alone does not treble anything."""


def assert_no_square(made: Callable[[int], Callable[[], object]]) -> None:
    """Measure `made(FEW)()` and `made(MANY)()`, in processor time of the thread."""

    def measure() -> tuple[float, float]:
        few, many = (_seconds(made(count)) for count in (FEW, MANY))
        print(f"{made.__name__.strip('_')}: {FEW:,} in {few:.2f} s, {MANY:,} in {many:.2f} s")
        return few, many

    def within(found: tuple[float, float]) -> bool:
        few, many = found
        return many <= ALLOWED * few + 0.1

    assert within(best_of_three(measure, within))


def _seconds(work: Callable[[], object]) -> float:
    with _as_the_command_does():
        began = time.thread_time()
        work()
        return time.thread_time() - began


@contextmanager
def _as_the_command_does() -> Iterator[None]:
    """Search for garbage rarely, and never among what other tests have left: that would be what is measured."""
    thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()
    search_rarely()
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
