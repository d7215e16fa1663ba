"""A stderr that takes every message: one that is closed or full must not cost the table."""

import io
import os
from typing import TextIO


class Unfailing(io.TextIOBase):
    """Writes to `stream`, or to nothing if there is none or it takes no more."""

    def __init__(self, stream: TextIO | None) -> None:
        """`stream` is None where Python was started with stderr closed."""
        self._stream = stream

    def write(self, text: str) -> int:
        """Write `text`; never fails."""
        try:
            if self._stream is not None:
                self._stream.write(text)
        except (OSError, ValueError):
            self._give_up()
        return len(text)

    def flush(self) -> None:
        """Write what is buffered; never fails."""
        try:
            if self._stream is not None:
                self._stream.flush()
        except (OSError, ValueError):
            self._give_up()

    def isatty(self) -> bool:
        """Whether a person sees it at once."""
        return self._stream is not None and self._stream.isatty()

    def _give_up(self) -> None:
        stream, self._stream = self._stream, None
        try:
            # What could not be written is still buffered, and Python fails on it once more at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno() if stream else 2)
        except (OSError, ValueError):
            return
