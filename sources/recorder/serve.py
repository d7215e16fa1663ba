"""/healthz and /metrics of a recorder."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from collector.source import SourceError
from sources.recorder.status import Status

_LABELS = ("cluster", "resource", "namespace")


def serve(host: str, port: int, status: Status) -> ThreadingHTTPServer:
    """Serve there from now on, in separate threads. Raises SourceError if it is impossible to listen there."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(status))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(200, CONTENT_TYPE_LATEST, generate_latest(registry))
            elif self.path == "/healthz":
                troubles = status.troubles()
                body = "\n".join(troubles or ["ok"]) + "\n"
                self._answer(503 if troubles else 200, "text/plain; charset=utf-8", body.encode())
            else:
                self._answer(404, "text/plain; charset=utf-8", b"there are /healthz and /metrics\n")

        def _answer(self, code: int, kind: str, body: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Log nothing: requests come every few seconds."""

    try:
        server = ThreadingHTTPServer((host, port), Handler)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"cannot listen on {host}:{port} ({reason})", "choose another address or port") from None
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="serve", daemon=True).start()
    return server


class _Collector(Collector):
    """The status at the time of each scrape."""

    def __init__(self, status: Status) -> None:
        self._status = status

    def collect(self) -> Iterator[Metric]:
        status = self._status
        now = status.clock()
        changes = _counter("changes", "Versions of objects that were seen.", _LABELS)
        gaps = _counter("relists", "How often a watch could not go on and everything was listed anew.", _LABELS)
        silent = _gauge("silent_seconds", "Since something last came from the API server.", _LABELS)
        forbidden = _gauge("forbidden", "1 if a right is missing, so that nothing is recorded.", _LABELS)
        for stream, state in sorted(status.streams.copy().items()):
            changes.add_metric(stream, state.changes)
            gaps.add_metric(stream, state.gaps)
            silent.add_metric(stream, now - state.heard)
            forbidden.add_metric(stream, bool(state.lacks))
        yield from (changes, gaps, silent, forbidden)
        for name, words, value in (
            ("stored_versions", "Versions that were stored.", status.stored),
            ("transactions", "Transactions that were committed.", status.transactions),
            ("failed_transactions", "Transactions that had to be tried again.", status.failures),
        ):
            counter = _counter(name, words)
            counter.add_metric((), value)
            yield counter
        failing = _gauge("store_failing", "1 while nothing can be stored.")
        failing.add_metric((), status.failing is not None)
        yield failing
        if status.size is not None:
            size = _gauge("store_bytes", "Size of the store when retention last looked.")
            size.add_metric((), status.size)
            yield size


def _counter(name: str, words: str, labels: tuple[str, ...] = ()) -> CounterMetricFamily:
    return CounterMetricFamily(f"pm_timeline_recorder_{name}", words, labels=labels)


def _gauge(name: str, words: str, labels: tuple[str, ...] = ()) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"pm_timeline_recorder_{name}", words, labels=labels)
