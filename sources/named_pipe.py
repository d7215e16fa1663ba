"""Reads a named pipe, which would wait for ever where nobody writes to it."""

import os
import select
from pathlib import Path

PATIENCE = 5.0
"""Seconds in which somebody is to open it for writing."""


class NobodyWrites(Exception):
    """Nobody has opened the pipe for writing."""


def read(pipe: Path, most: int, patience: float = PATIENCE) -> bytes:
    """What is written to it, at most `most` bytes, until its writers close it.

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
            # There is a writer, which takes its time.
            begun, first = True, b""
        if not first and not begun:
            raise NobodyWrites
        os.set_blocking(handle, True)
        return first + opened.read(most - len(first))
