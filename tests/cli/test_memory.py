"""That memory which one thread has freed does not stay with the program while another one takes more."""

import re
import threading
from pathlib import Path

from cli.memory import give_back_freed_memory


def test_what_a_thread_has_freed_is_given_back_although_a_part_of_it_is_still_used() -> None:
    kept: list[bytes] = []

    def read() -> None:
        pieces = [bytes(1000) for _ in range(60_000)]
        kept.extend(pieces[::60])

    reader = threading.Thread(target=read)
    reader.start()
    reader.join()
    before = _resident()
    give_back_freed_memory()
    # 60 MB were taken, of which every sixtieth piece, spread over all of it, is kept.
    assert _resident() < before - 20
    assert len(kept) == 1000


def _resident() -> float:
    """Megabytes of this process that are in memory."""
    found = re.search(r"VmRSS:\s+([0-9]+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024
