"""`pm-timeline record`: all parts put together."""

import signal
from collections.abc import Callable, Sequence
from datetime import timedelta

from msgspec import Struct

from collector.secrets import Scrubber
from collector.source import SourceError
from sources.kube_api.settings import KubernetesSettings
from sources.recorder.cluster import Cluster
from sources.recorder.database import opened
from sources.recorder.record import Recorder
from sources.recorder.retention import Retention
from sources.recorder.settings import RecorderSettings
from sources.recorder.status import Status
from sources.recorder.store import Store


class Plan(Struct, frozen=True, kw_only=True):
    """What to record, and where to."""

    clusters: Sequence[KubernetesSettings]
    store: RecorderSettings
    age: timedelta
    size: int
    """Bytes."""
    listen: tuple[str, int] | None
    """Host and port of /healthz and /metrics."""


def record(plan: Plan, log: Callable[[str], None]) -> None:
    """Record until SIGTERM or SIGINT. Raises SourceError for errors that a retry cannot fix.

    `log` is called, from any thread, with a line when something changes that the operator should know.
    """
    scrubber = Scrubber()

    def scrubbed(line: str) -> None:
        log(scrubber.scrub(line))

    # First: a run without a usable kubeconfig leaves no empty store behind.
    clusters = [Cluster(settings, scrubber) for settings in plan.clusters]
    store = Store(opened(plan.store.store, plan.store.token(scrubber), write=True))
    status = Status()
    recorder = Recorder(store, Retention(plan.age, plan.size), clusters, status, scrubbed)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: recorder.stop())
    if plan.listen:
        # Imported only if needed.
        from sources.recorder.serve import serve

        serve(*plan.listen, status)
    try:
        recorder.run()
    except SourceError as error:
        raise SourceError(scrubber.scrub(error.reason), scrubber.scrub(error.hint)) from None
    finally:
        store.engine.dispose()
