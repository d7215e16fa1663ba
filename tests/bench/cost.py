"""What reading and segmenting 2,000 series of two hours costs, beyond the download; in a process of its own."""

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from collector.event import Event, Kind
from collector.source import Document, Gap
from collector.window import Window
from tests.servers.process import ROOT
from tests.sources.prometheus.samples import SCRAPE, WINDOW, answer, document, source

PODS = 10
CODES = ("200", "204", "404", "500")
SERVICES = 50
"""With pods and codes, 2,000 series."""
_PAGE = 1800
_WINDOW = Window(WINDOW.start, WINDOW.start + timedelta(minutes=45))
_FIRST, _LAST = _WINDOW.start.timestamp() - 3600, _WINDOW.start.timestamp() + 3600


class Cost(Struct, frozen=True):
    """What one run took."""

    series: int
    samples: int
    megabytes: float
    """Of answers."""
    seconds: float
    """Of CPU, in `read` alone."""
    memory: float
    """Megabytes at most, of the whole process."""
    changes: int
    """Found."""

    def __str__(self) -> str:
        return (
            f"cost: {self.series:,} series, {self.samples:,} samples, {self.megabytes:.0f} MB of JSON:"
            f" {self.seconds:.2f} s of CPU (allowed: 2), {self.memory:.0f} MB of memory (allowed: 300),"
            f" {self.changes} changes found"
        )


def cost() -> Cost:
    """Make the answers, and read them in another process, page by page as from a bundle."""
    with tempfile.TemporaryDirectory() as folder:
        for number, page in enumerate(_pages()):
            text = json.dumps([page.call, page.asked, page.text])
            (Path(folder) / f"{number:03}").write_text(text)
        command = [sys.executable, "-m", "tests.bench.cost", folder]
        result = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return Cost(**json.loads(result.stdout))


def _pages() -> Iterator[Document]:
    """The counters of all services, of which one in ten fails for a quarter of an hour."""
    chance = random.Random(1)
    yield document("names", f"http://prom/api/v1/label/__name__/values?start={_FIRST:.0f}&end={_LAST:.0f}", ["up"])
    counts = {"http_requests_total": SERVICES * PODS * len(CODES)}
    for name, count in counts.items():
        query = {"query": f"count(count_over_time({name}[{_LAST - _FIRST:.0f}s]))", "time": _LAST}
        yield answer("series", "query", query, [{"metric": {}, "value": [_LAST, str(count)]}])
    phases = [chance.uniform(0, SCRAPE) for _ in range(SERVICES * PODS)]
    totals = [chance.randrange(10**6) for _ in range(SERVICES * PODS * len(CODES))]
    begin = _FIRST
    while begin < _LAST:
        end = min(begin + _PAGE, _LAST)
        items = []
        for number in range(len(totals)):
            target, code = divmod(number, len(CODES))
            service, pod = divmod(target, PODS)
            raised = service % 10 == 0
            values = []
            moment = begin + phases[target]
            while moment < end:
                bad = 0.3 if raised and 0 <= moment - _WINDOW.start.timestamp() < 900 else 0.003
                mean = 30 * (bad, (1 - bad) / 3)[CODES[code] != "500"]
                totals[number] += max(0, round(chance.gauss(mean, mean**0.5)))
                values.append([round(moment, 3), str(totals[number])])
                moment += SCRAPE
            metric = {
                "__name__": "http_requests_total",
                "namespace": "shop",
                "service": f"service-{service}",
                "job": "web",
                "instance": f"10.1.{service}.{pod}:8080",
                "pod": f"service-{service}-5d8f7c9b6d-x{pod}",
                "method": "GET",
                "code": CODES[code],
            }
            items.append({"metric": metric, "values": values})
        yield answer("counters", "query", {"query": f"http_requests_total[{end - begin:.0f}s]", "time": end}, items)
        begin = end


def _measure(folder: str) -> Cost:
    files = [Path(folder) / name for name in sorted(os.listdir(folder))]
    spent = 0.0
    size = 0

    def documents() -> Iterator[Document]:
        nonlocal spent, size
        for file in files:
            begun = time.process_time()
            call, asked, text = json.loads(file.read_text())
            size += len(text)
            given = Document(call, asked, _WINDOW.end, text)
            spent += time.process_time() - begun
            yield given

    adapter = source()
    begun = time.process_time()
    found: list[Event | Gap] = list(adapter.read(documents(), _WINDOW))
    seconds = time.process_time() - begun - spent
    changes = sum(isinstance(one, Event) and one.kind in (Kind.ERRORS_ROSE, Kind.ERRORS_FELL) for one in found)
    memory = _peak()
    series = SERVICES * PODS * len(CODES)
    return Cost(series, series * round((_LAST - _FIRST) / SCRAPE), size / 1e6, seconds, memory, changes)


def _peak() -> float:
    """Megabytes that this process had at most. getrusage would count what its parent had when it forked, too."""
    peak = re.search(r"VmHWM:\s+([0-9]+) kB", Path("/proc/self/status").read_text())
    assert peak
    return int(peak[1]) / 1024


if __name__ == "__main__":
    print(json.dumps(asdict(_measure(sys.argv[1]))))
