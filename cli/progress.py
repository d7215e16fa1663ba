"""Shows on a terminal which sources are still being waited for, and clears that line at the end."""

import os
import shutil
import threading
import time
from collections.abc import Sequence
from typing import TextIO

_CLEAR = "\r\x1b[K"


class Progress:
    """One line that is overwritten, only on terminals; or with `verbose` a line for each answer."""

    def __init__(self, stream: TextIO, sources: Sequence[str], *, verbose: bool = False) -> None:
        """`stream` is stderr, because stdout is for the result; `sources` are the names of all sources."""
        self._stream = stream
        self._active = stream.isatty() and not verbose
        self._verbose = verbose
        self._answers = dict.fromkeys(sources, 0)
        self._waiting = list(sources)
        self._took: dict[str, float] = {}
        self._done = False
        self._begun = time.monotonic()
        self._lock = threading.Lock()
        self._draw()

    def __call__(self, name: str, documents: int, asked: str) -> None:
        """Show that the source `name` has given `documents` answers so far, the last one to the query `asked`."""
        with self._lock:
            self._answers[name] = documents
            if self._verbose and not self._done:
                self._say(f"{time.monotonic() - self._begun:6.2f} s  {name}: {asked}")
            self._draw()

    def fetched(self, name: str) -> None:
        """Show that the source `name` has answered all queries."""
        with self._lock:
            self._waiting = [each for each in self._waiting if each != name]
            self._took.setdefault(name, time.monotonic() - self._begun)
            self._draw()

    @property
    def answers(self) -> dict[str, int]:
        """The number of answers of each source so far."""
        return dict(self._answers)

    def _say(self, line: str) -> None:
        self._stream.write("".join(char if char.isprintable() else " " for char in line) + "\n")

    def _draw(self) -> None:
        if not self._active or self._done:
            return
        counts = ", ".join(f"{source} {self._answers[source]}" for source in self._waiting)
        width = self._columns() - 1
        line = f"waiting for answers: {counts}" if counts else "reading the answers"
        self._stream.write(_CLEAR + (line if len(line) <= width else f"{line[: width - 1]}\N{HORIZONTAL ELLIPSIS}"))
        self._stream.flush()

    def _columns(self) -> int:
        """The width of the terminal; stdout may be a file, which has none."""
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or shutil.get_terminal_size().columns
        except (OSError, ValueError):
            return shutil.get_terminal_size().columns

    def done(self) -> None:
        """Clear the line, or if verbose print how long each source took. Later answers are not shown any more."""
        with self._lock:
            if self._active and not self._done:
                self._stream.write(_CLEAR)
                self._stream.flush()
            elif self._verbose and not self._done:
                for name, number in self._answers.items():
                    took = f"within {self._took[name]:.2f} s" if name in self._took else "and it was not done"
                    self._say(f"{name}: {number} answer{'' if number == 1 else 's'} {took}")
            self._done = True
