"""Runs several jobs at once, each in its own thread, until they are done or the user has waited long enough."""

import threading
import time
from collections.abc import Callable, Mapping

_POLL_SECONDS = 0.2
"""Seconds between two checks whether to abandon a job."""
_STOPPED = 0.6
"""Seconds that the jobs have to end after the user interrupted."""


def side_by_side(
    jobs: Mapping[str, Callable[[], None]], stop: threading.Event, abandon: Callable[[str], bool]
) -> list[str]:
    """Run all jobs at once and wait for them; return the names of those not done when the user interrupted.

    `abandon` is called repeatedly with the name of a job that is not done, and returns whether to stop waiting for it.
    """
    failed: list[BaseException] = []
    # Not Thread.join: Python 3.11 considers a thread ended when a signal interrupts the join.
    done = {name: threading.Event() for name in jobs}

    def guarded(name: str) -> None:
        try:
            jobs[name]()
        # Raised again in the thread that waits.
        except BaseException as error:  # noqa: BLE001
            failed.append(error)
        finally:
            done[name].set()

    try:
        for name in jobs:
            # Daemon threads do not delay the end of the program, so a request that hangs can be abandoned.
            threading.Thread(target=guarded, args=(name,), name=f"read {name}", daemon=True).start()
        for name, each in done.items():
            while not each.wait(_POLL_SECONDS) and not abandon(name):
                pass
    except KeyboardInterrupt:
        unfinished = [name for name, each in done.items() if not each.is_set()]
        stop.set()
        until = time.monotonic() + _STOPPED
        for each in done.values():
            each.wait(max(0.0, until - time.monotonic()))
        return unfinished
    if failed:
        raise failed[0]
    return []
