"""A recorder inside the test's own process."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from collector.secrets import Scrubber
from sources.kubernetes import KubernetesSettings
from sources.recorder.cluster import Cluster
from sources.recorder.database import opened
from sources.recorder.record import Recorder
from sources.recorder.retention import Retention
from sources.recorder.status import Status
from sources.recorder.store import Store


@dataclass
class Inside:
    """What can be seen of it."""

    status: Status
    said: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    """Set when it has ended."""


@contextlib.contextmanager
def inside(
    store: Path | str, kubeconfig: Path, *, patience: float = 60, password: str | None = None
) -> Iterator[Inside]:
    """It records meanwhile, and ends without an error. The store is a file, or the URL of a database."""
    made = Inside(Status(patience=patience))
    url = store if isinstance(store, str) else f"sqlite:///{store}"
    into = Store(opened(url, password, write=True))
    of = Cluster(KubernetesSettings(kubeconfig=kubeconfig, timeout=2), Scrubber())
    recorder = Recorder(into, Retention(timedelta(days=1), 2**30), [of], made.status, made.said.append)
    failed: list[BaseException] = []

    def run() -> None:
        try:
            recorder.run()
        except BaseException as error:  # noqa: BLE001 - told to the test
            failed.append(error)
        made.over.set()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield made
    finally:
        recorder.stop()
        thread.join(30)
        into.engine.dispose()
    if failed:
        raise failed[0]
