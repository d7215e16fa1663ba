"""A real VictoriaMetrics that holds given samples and scrapes nothing."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.servers.process import answers, binary, free_port, running, session, wait_until


@contextlib.contextmanager
def victoriametrics(folder: Path, openmetrics: str) -> Iterator[str]:
    """Start it with the samples of an OpenMetrics text, however old, and yield its base URL.

    Raises Missing if the program is missing.
    """
    program = binary("victoria-metrics")
    folder.mkdir(parents=True, exist_ok=True)
    address = f"127.0.0.1:{free_port()}"
    url, log = f"http://{address}", folder / "victoria-metrics.log"
    arguments = [program, f"-storageDataPath={folder}/data", "-retentionPeriod=100y", f"-httpListenAddr={address}"]
    # By default it takes for itself most of the memory that it sees.
    arguments.append("-memory.allowedBytes=64MB")
    with running(arguments, log) as process:
        wait_until(lambda: answers(session(), f"{url}/health"), process, log)
        text = "\n".join(_in_milliseconds(line) for line in openmetrics.splitlines() if not line.startswith("#"))
        with session() as asking:
            asking.post(f"{url}/api/v1/import/prometheus", data=text.encode(), timeout=60).raise_for_status()
        # What was imported can be found only after a while, or after this.
        with session() as asking:
            asking.get(f"{url}/internal/force_flush", timeout=60).raise_for_status()
        yield url


def _in_milliseconds(line: str) -> str:
    """A line with its time as Prometheus' own text format has it."""
    sample, _, time = line.rpartition(" ")
    return f"{sample} {round(float(time) * 1000)}"
