"""How a recorder is doing: what /healthz and /metrics answer."""

import threading
import time
from collections.abc import Callable

from msgspec import Struct, field

from sources.recorder.steps import Stream

PATIENCE = 180.0
"""Seconds without a word from the API server, or without being able to store, after which something is wrong. A watch
that is silent ends after a minute."""


class Following(Struct):
    """One stream."""

    heard: float
    """When the API server last sent something about it, by a clock that never goes back."""
    error: str = ""
    """Why it does not, empty if it does."""
    lacks: str = ""
    """The right for want of which nothing is recorded."""
    current: bool = False
    """Whether everything is known up to now, as the watch is open and has caught up."""
    there: bool = True
    """Whether the cluster has such a resource."""
    changes: int = 0
    gaps: int = 0
    """How often it had to be listed anew."""


class Status(Struct):
    """Shared by all threads of a recorder."""

    clock: Callable[[], float] = time.monotonic
    patience: float = PATIENCE
    streams: dict[Stream, Following] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    """Clusters that could not be asked yet, and why."""
    stored: int = 0
    """Versions stored since the start."""
    transactions: int = 0
    failures: int = 0
    """Transactions that could not be stored at the first try."""
    failing: float | None = None
    """Since when nothing can be stored."""
    error: str = ""
    size: int | None = None
    """Bytes of the store, when it was last measured."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def follow(self, stream: Stream) -> Following:
        """What is known of a stream, which is followed from now on."""
        with self._lock:
            return self.streams.setdefault(stream, Following(self.clock()))

    def troubles(self) -> list[str]:
        """What is wrong, a line each; a right that is missing is not, as others are recorded without it."""
        now = self.clock()
        with self._lock:
            streams = sorted(self.streams.items())
        found = [f"cluster {name or '(without a name)'}: {why}" for name, why in sorted(self.waiting.items())]
        for stream, state in streams:
            silent = now - state.heard
            if silent > self.patience and state.there and not state.lacks:
                found.append(
                    f"{' '.join(filter(None, stream))}: silent for {silent:.0f} s ({state.error or 'no error'})"
                )
        if self.failing is not None and now - self.failing > self.patience:
            found.append(f"nothing could be stored for {now - self.failing:.0f} s ({self.error})")
        return found
