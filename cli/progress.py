"""Shows on a terminal what is being read, and leaves no trace when it is done."""

import threading
from typing import TextIO

_CLEAR = "\r\x1b[K"


class Progress:
    """One line that is written over, on terminals only."""

    def __init__(self, stream: TextIO) -> None:
        """`stream` is where it goes: stderr, since stdout is for the result."""
        self._stream = stream
        self._active = stream.isatty()
        self._pages: dict[str, int] = {}
        self._lock = threading.Lock()

    def __call__(self, name: str, documents: int) -> None:
        """Show that the source `name` has given so many answers."""
        if not self._active:
            return
        with self._lock:
            self._pages[name] = documents
            counts = ", ".join(f"{source} {pages}" for source, pages in sorted(self._pages.items()))
            self._stream.write(f"{_CLEAR}answers read: {counts}"[:200])
            self._stream.flush()

    def done(self) -> None:
        """Clear the line."""
        if self._active and self._pages:
            self._stream.write(_CLEAR)
            self._stream.flush()
