"""How long `pm-timeline --help` takes, against the bare interpreter, and the replay of a recorded incident."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

from msgspec import Struct

from tests.servers.process import ROOT

HELP = 0.060
"""Seconds that --help may take beyond the bare interpreter."""
REPLAY = 90.0
"""So many times the bare interpreter the replay of the demo may take, which is about 1 s; 0.6 s is the aim.

A number of seconds would measure the machine: the same replay took 1.0 s and 1.6 s within ten minutes.
"""


class Startup(Struct, frozen=True):
    """Medians in seconds."""

    bare: float
    help: float
    replay: float
    """Of the demo's bundle, from the start of Python to the last row."""

    def __str__(self) -> str:
        more = (self.help - self.bare) * 1000
        ratio = self.help / self.bare
        return (
            f"start-up: python -c pass {self.bare * 1000:.0f} ms, pm-timeline --help {self.help * 1000:.0f} ms:"
            f" {more:.0f} ms more, {ratio:.1f} times the bare interpreter (allowed: {HELP * 1000:.0f} ms more);"
            f" replay of the demo {self.replay * 1000:.0f} ms, {self.replay / self.bare:.0f} times the bare interpreter"
            f" (allowed: {REPLAY:.0f} times, the aim is 600 ms)"
        )


def startup(rounds: int = 5) -> Startup:
    """Time all in turn, so that a busy machine slows all of them."""
    command = str(Path(sys.executable).with_name("pm-timeline"))
    bundle = str(ROOT / "fixtures" / "checkout-incident.zip")
    bare, helped, replayed = [], [], []
    for _ in range(rounds):
        bare.append(_seconds([sys.executable, "-c", "pass"]))
        helped.append(_seconds([command, "--help"]))
        replayed.append(_seconds([command, "--replay", bundle]))
    return Startup(*(statistics.median(times) for times in (bare, helped, replayed)))


def _seconds(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begun
