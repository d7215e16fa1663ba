"""How long `pm-timeline --help` takes, against the bare interpreter."""

import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Startup:
    """Medians in seconds."""

    bare: float
    help: float

    def __str__(self) -> str:
        more = (self.help - self.bare) * 1000
        ratio = self.help / self.bare
        return (
            f"start-up: python -c pass {self.bare * 1000:.0f} ms, pm-timeline --help {self.help * 1000:.0f} ms:"
            f" {more:.0f} ms more, {ratio:.1f} times the bare interpreter (allowed: 250 ms more)"
        )


def startup(rounds: int = 15) -> Startup:
    """Time both in turn, so that a busy machine slows both."""
    command = str(Path(sys.executable).with_name("pm-timeline"))
    bare, helped = [], []
    for _ in range(rounds):
        bare.append(_seconds([sys.executable, "-c", "pass"]))
        helped.append(_seconds([command, "--help"]))
    return Startup(statistics.median(bare), statistics.median(helped))


def _seconds(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun
