"""Several jobs at once, each in a thread of its own, until they are done or somebody has waited long enough."""

import threading
import time
from collections.abc import Callable, Mapping

_LOOK = 0.2
"""Seconds between two looks whether a job is to be left behind."""
_STOPPED = 0.6
"""Seconds in which the jobs have to end once somebody has."""


def side_by_side(
    jobs: Mapping[str, Callable[[], None]], stop: threading.Event, leave: Callable[[str], bool]
) -> list[str]:
    """Do all at once, and wait for them; the names of those that were not done when the user interrupted.

    `leave` is asked now and then about a job that is not done, and answers whether to wait for it no longer.
    """
    failed: list[BaseException] = []
    # Not Thread.join: Python 3.11 takes a thread for ended when a signal interrupts that.
    done = {name: threading.Event() for name in jobs}

    def guarded(name: str) -> None:
        try:
            jobs[name]()
        # Raised again where it is waited for.
        except BaseException as error:  # noqa: BLE001
            failed.append(error)
        finally:
            done[name].set()

    try:
        for name in jobs:
            # Nothing waits for these at the end of the program: a request that hangs can be left behind.
            threading.Thread(target=guarded, args=(name,), name=f"read {name}", daemon=True).start()
        for name, each in done.items():
            while not each.wait(_LOOK) and not leave(name):
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
