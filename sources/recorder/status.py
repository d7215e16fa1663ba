"""The status of a recorder, which /healthz and /metrics report."""

import threading
import time
from collections.abc import Callable

from msgspec import Struct, field

from sources.recorder.steps import Stream

PATIENCE = 180.0
"""Seconds without an answer from the API server, or without a successful store, until that is an error.

A silent watch ends after a minute.
"""


class Following(Struct):
    """The status of one stream."""

    heard: float
    """When the API server last sent something about it, by a monotonic clock."""
    error: str = ""
    """Why it sends nothing; empty if it does."""
    lacks: str = ""
    """The missing right because of which nothing is recorded."""
    current: bool = False
    """Whether everything up to now is known: the watch is open and has caught up."""
    there: bool = True
    """Whether the cluster has the resource."""
    changes: int = 0
    gaps: int = 0
    """How often the resource had to be listed again."""


class Status(Struct):
    """The status of a recorder, shared by all its threads."""

    clock: Callable[[], float] = time.monotonic
    patience: float = PATIENCE
    streams: dict[Stream, Following] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    """Clusters that could not be asked yet, and why."""
    stored: int = 0
    """Versions stored since the start."""
    transactions: int = 0
    failures: int = 0
    """Transactions that failed at the first attempt."""
    failing: float | None = None
    """Since when nothing can be stored; None if it can."""
    error: str = ""
    size: int | None = None
    """Bytes of the store when it was last measured."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def follow(self, stream: Stream) -> Following:
        """Start to follow a stream; returns its status."""
        with self._lock:
            return self.streams.setdefault(stream, Following(self.clock()))

    def troubles(self) -> list[str]:
        """All problems, one line each. A missing right is none, as the other resources are recorded without it."""
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
