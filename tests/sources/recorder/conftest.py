"""Recorders inside the tests' own process leave nothing to the tests that follow."""

import gc
import threading
import warnings
from collections.abc import Iterator

import pytest


@pytest.fixture
def watches_ended() -> Iterator[None]:
    """A recorder leaves its watches open when it ends, as its process ends with it: their connections go here.

    They are the garbage of threads that end when the API server does. If they stayed until some other test collects
    them, that one would fail for them.
    """
    before = set(threading.enumerate())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        for thread in set(threading.enumerate()) - before:
            thread.join(5)
        gc.collect()
