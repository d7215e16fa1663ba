"""Reads a named pipe without waiting forever if nobody writes to it."""

import os
import select
from pathlib import Path

TIMEOUT = 5.0
"""Seconds to wait until somebody opens it for writing."""


class NobodyWrites(Exception):
    """Nobody has opened the pipe for writing."""


def read(pipe: Path, most: int, patience: float = TIMEOUT) -> bytes:
    """Everything written to the pipe until its writers close it, at most `most` bytes.

    Raises NobodyWrites if there is no writer within `patience` seconds, and OSError.
    """
    handle = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as opened:
        events = select.poll()
        events.register(handle, select.POLLIN)
        begun = bool(events.poll(patience * 1000))
        try:
            first = os.read(handle, most)
        except BlockingIOError:
            # There is a writer that has not written yet.
            begun, first = True, b""
        if not first and not begun:
            raise NobodyWrites
        os.set_blocking(handle, True)
        return first + opened.read(most - len(first))
