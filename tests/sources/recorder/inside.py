"""A recorder inside the test's own process."""

import contextlib
import gc
import threading
import warnings
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from msgspec import Struct, field

from collector.secrets import Scrubber
from sources.kube_api.api import Api
from sources.kubernetes import KubernetesSettings
from sources.recorder.cluster import Cluster
from sources.recorder.database import opened
from sources.recorder.record import Recorder
from sources.recorder.retention import Retention
from sources.recorder.status import Status
from sources.recorder.store import Store


class Inside(Struct):
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

    others = set(threading.enumerate())
    thread = threading.Thread(target=run)
    with _answers() as answers:
        thread.start()
        try:
            yield made
        finally:
            recorder.stop()
            thread.join(30)
            into.engine.dispose()
            _hang_up(answers, others)
    if failed:
        raise failed[0]


@contextlib.contextmanager
def _answers() -> Iterator[list[Any]]:
    """Everything that is asked of an API server meanwhile."""
    asked, found = Api._get, list[Any]()

    def remembered(self: Api, *args: Any) -> Any:
        found.append(asked(self, *args))
        return found[-1]

    with mock.patch.object(Api, "_get", remembered):
        yield found


def _hang_up(answers: list[Any], others: set[threading.Thread]) -> None:
    """A recorder leaves its watches open when it ends, as its process ends with it; here they end with it.

    If they stayed until some other test collects their garbage, that one would fail for their connections.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        for answer in answers:
            with contextlib.suppress(ValueError, RuntimeError, OSError):  # it has ended
                answer.shutdown()
        for thread in set(threading.enumerate()) - others:
            if thread.daemon and not thread.name.startswith("Thread-"):
                thread.join(5)
        answers.clear()
        gc.collect()
