"""Many Events, written to the API server at the pace of a test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.kubernetes import Kubernetes
from tests.servers.process import session

_HANDS = 4


class Flood:
    """Writes Events when allowed to."""

    def __init__(self, server: Kubernetes, name: str, most: int) -> None:
        self._server, self._name, self._most = server, name, most
        self._allowed = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._next = 0
        self._written: set[str] = set()
        self._failed: list[Exception] = []

    @property
    def written(self) -> set[str]:
        """The uids that the server gave them. Raises what kept a thread from writing."""
        if self._failed:
            raise self._failed[0]
        return self._written

    def allow(self, more: int) -> None:
        """So many more may be written. Raises as `written` does."""
        assert self.written is self._written
        self._allowed.release(more)

    def run(self) -> None:
        """Write until it is enough; what goes wrong is raised by the others."""
        try:
            self._run()
        except Exception as error:  # noqa: BLE001 - a thread cannot raise it
            self._failed.append(error)

    def _run(self) -> None:
        asking = session(self._server.ca, self._server.token)
        while not self._over.is_set():
            if not self._allowed.acquire(timeout=0.1):
                continue
            with self._lock:
                number = self._next
                self._next += 1
            if number >= self._most:
                return
            body = {
                "metadata": {"name": f"{self._name}-{number}"},
                "involvedObject": {"kind": "Pod", "namespace": "default", "name": f"pod-{number}"},
                "reason": "Flood",
                "message": f"number {number}",
            }
            answer = asking.post(f"{self._server.url}/api/v1/namespaces/default/events", json=body, timeout=30)
            answer.raise_for_status()
            with self._lock:
                self._written.add(answer.json()["metadata"]["uid"])

    def end(self) -> None:
        self._over.set()


@contextmanager
def flood(server: Kubernetes, name: str, most: int) -> Iterator[Flood]:
    """So many Events at most, called that and a number."""
    made = Flood(server, name, most)
    hands = [threading.Thread(target=made.run) for _ in range(_HANDS)]
    for hand in hands:
        hand.start()
    try:
        yield made
    finally:
        made.end()
        for hand in hands:
            hand.join()
    assert len(made.written) == most
