"""What is to be done when, by one thread."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable


class Agenda:
    """Does what is due, in order."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._wake = threading.Condition()
        self._failures: list[Exception] = []
        self._over = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def at(self, wall: float, action: Callable[[], None]) -> None:
        """Do something when the wall clock shows `wall` (Unix seconds)."""
        with self._wake:
            heapq.heappush(self._due, (wall, next(self._order), action))
            self._wake.notify()

    def stop(self) -> None:
        """Do nothing any more. Raises ExceptionGroup if something could not be done."""
        with self._wake:
            self._over = True
            self._wake.notify()
        self._thread.join()
        if self._failures:
            raise ExceptionGroup("not everything could be done", self._failures)

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._over and (not self._due or self._due[0][0] > time.time()):
                    self._wake.wait(self._due[0][0] - time.time() if self._due else None)
                if self._over:
                    return
                _, _, action = heapq.heappop(self._due)
            try:
                action()
            except Exception as error:  # noqa: BLE001 - the rest goes on; `stop` raises it
                self._failures.append(error)
