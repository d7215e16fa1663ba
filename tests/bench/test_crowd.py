"""A thousand sources and half a million Events finish, and twice as many of both are twice the work."""

import json
import subprocess
import sys

import pytest

from tests.bench.crowd import Crowd
from tests.bench.measured_again import best_of_three
from tests.servers.process import ROOT

pytestmark = pytest.mark.bench
MOST_CPU, MOST_MEGABYTES = 60.0, 1500.0
MORE = 3.0
"""Times as much for twice the input; a square takes four times."""


def crowd(sources: int) -> Crowd:
    command = [sys.executable, "-m", "tests.bench.crowd", str(sources), "500"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return Crowd(**json.loads(done.stdout))


def test_a_thousand_sources_and_half_a_million_events_finish() -> None:
    half, whole = best_of_three(
        lambda: (crowd(500), crowd(1000)), lambda both: both[1].cpu < min(MOST_CPU, MORE * both[0].cpu)
    )
    assert whole.events == 500_000
    assert whole.rows > 0
    assert whole.cpu < MOST_CPU
    assert whole.cpu < MORE * half.cpu
    assert whole.megabytes < MOST_MEGABYTES
    assert whole.megabytes < MORE * half.megabytes
