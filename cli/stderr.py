"""A stderr that accepts every message: the table must appear even if stderr is closed or full."""

import io
import os
from typing import TextIO


class Unfailing(io.TextIOBase):
    """Writes to `stream`; discards the text if there is none or writing to it fails."""

    def __init__(self, stream: TextIO | None) -> None:
        """`stream` is None if Python was started with stderr closed."""
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
        """Write the buffered text; never fails."""
        try:
            if self._stream is not None:
                self._stream.flush()
        except (OSError, ValueError):
            self._give_up()

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        return self._stream is not None and self._stream.isatty()

    def _give_up(self) -> None:
        stream, self._stream = self._stream, None
        try:
            # The unwritten text is still buffered, and Python would fail again when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno() if stream else 2)
        except (OSError, ValueError):
            return
