"""Shows on a terminal who is being waited for, and leaves no trace when it is done."""

import shutil
import threading
import time
from collections.abc import Sequence
from typing import TextIO

_CLEAR = "\r\x1b[K"


class Progress:
    """One line that is written over, on terminals only; or with `verbose` a line for each answer."""

    def __init__(self, stream: TextIO, sources: Sequence[str], *, verbose: bool = False) -> None:
        """`stream` is where it goes: stderr, since stdout is for the result. `sources` are the names of all."""
        self._stream = stream
        self._active = stream.isatty() and not verbose
        self._verbose = verbose
        self._answers = dict.fromkeys(sources, 0)
        self._begun = time.monotonic()
        self._lock = threading.Lock()
        self._draw()

    def __call__(self, name: str, documents: int, asked: str) -> None:
        """Show that the source `name` has given so many answers, the last one to `asked`."""
        with self._lock:
            self._answers[name] = documents
            if self._verbose:
                line = f"{time.monotonic() - self._begun:6.2f} s  {name}: {asked}"
                self._stream.write("".join(char if char.isprintable() else " " for char in line) + "\n")
            self._draw()

    @property
    def answers(self) -> dict[str, int]:
        """How many answers each source has given."""
        return dict(self._answers)

    def _draw(self) -> None:
        if not self._active:
            return
        counts = ", ".join(f"{source} {number}" for source, number in self._answers.items())
        width = shutil.get_terminal_size().columns - 1
        line = f"waiting for answers: {counts}"
        self._stream.write(_CLEAR + (line if len(line) <= width else f"{line[: width - 1]}\N{HORIZONTAL ELLIPSIS}"))
        self._stream.flush()

    def done(self) -> None:
        """Clear the line."""
        if self._active:
            self._stream.write(_CLEAR)
            self._stream.flush()
