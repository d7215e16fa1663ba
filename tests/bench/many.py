"""Many Events as the sources of a large cluster give them, drafted in a process of its own; prints what it took.

    python -m tests.bench.many COUNT SHARE

SHARE of them mean nothing of their own, as nine of ten do in life.
"""

import gc
import json
import random
import resource
import sys
import time
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import asdict

from collector.event import Event, Identity, Kind, Subject
from collector.gather import Gathered
from collector.scope import Scope
from collector.timeline import draft
from collector.window import Window

START = datetime(2026, 4, 1, 14, 0, tzinfo=UTC)
WINDOW = Window(START - timedelta(minutes=15), START + timedelta(minutes=15))
_WEIGHTS = {
    Kind.POD_SCHEDULED: 60.0,
    Kind.POD_READY: 30.0,
    Kind.POD_TERMINATED: 30.0,
    Kind.POD_UNREADY: 4.0,
    Kind.POD_RECOVERED: 4.0,
    Kind.WARNING: 3.0,
    Kind.POD_CRASHED: 2.0,
    Kind.SCALED: 2.0,
    Kind.ROLLOUT_STARTED: 1.0,
    Kind.ROLLOUT_COMPLETED: 1.0,
    Kind.RUN_STARTED: 1.0,
    Kind.POD_EVICTED: 0.5,
    Kind.JOB_FAILED: 0.5,
    Kind.CONFIG_CHANGED: 0.3,
    Kind.DEPLOY_STARTED: 0.3,
    Kind.DEPLOY_SUCCEEDED: 0.3,
    Kind.ALERT_FIRING: 0.2,
    Kind.ALERT_RESOLVED: 0.2,
    Kind.NODE_NOT_READY: 0.1,
    Kind.NODE_READY: 0.1,
    Kind.ERRORS_ROSE: 0.1,
    Kind.ERRORS_FELL: 0.1,
}


class Drafted(Struct, frozen=True):
    """What drafting took."""

    events: int
    rows: int
    cpu: float
    """Seconds, for drafting alone."""
    megabytes: float
    """At most, of the whole process, the Events included."""

    def __str__(self) -> str:
        return f"drafting {self.events:,} events: {self.cpu:.2f} s of CPU, {self.megabytes:.0f} MB, {self.rows} rows"


def events(count: int, silent: float) -> tuple[Event, ...]:
    """The same ones every time, of as many services as there would be."""
    chance = random.Random(count)
    services = max(20, count // 500)
    return tuple(_event(number, services, silent, chance) for number in range(count))


def _event(number: int, services: int, silent: float, chance: random.Random) -> Event:
    kind = Kind.OTHER if chance.random() < silent else chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
    of, at = chance.randrange(services), START + timedelta(seconds=chance.uniform(-3600, 3600))
    service = f"service-{of}"
    pod = f"{service}-{chance.randrange(50)}"
    node, ci = kind.value.startswith("node"), kind.value.startswith(("run", "deploy"))
    numbers = {"replicas": 3.0} if kind == Kind.SCALED else {}
    return Event(
        kind=kind,
        at=at,
        earliest=at,
        latest=at + timedelta(seconds=1),
        summary=f"{kind} {number}",
        source=chance.choice(["kubernetes", "metrics"]),
        native_id=f"{number}",
        subject=Subject(
            service="" if node else service,
            namespace=f"team-{of % 30}",
            workload=f"Node/node-{of % 200}" if node else f"Deployment/{service}",
            pod=pod if kind.value.startswith("pod") else "",
        ),
        keys=Identity(
            version=f"1.{chance.randrange(9)}",
            replica_set=f"{service}-{chance.randrange(5)}",
            alert=f"Alert{of % 9}" if kind.value.startswith("alert") else "",
            episode=f"episode {of}",
            run=f"{number}" if ci else "",
            deployment=f"{number}" if kind.value.startswith("deploy") else "",
        ),
        numbers={"before": 0.1, "after": 0.4} if kind.value.startswith("errors") else numbers,
        merge_key=f"{pod} {kind} {chance.randrange(20)}",
    )


def main() -> None:
    """As the command does it, with fewer searches for garbage than is Python's default."""
    gc.set_threshold(100_000, 20, 20)
    count, silent = int(sys.argv[1]), float(sys.argv[2])
    gathered = Gathered(events(count, silent), ())
    begun = time.process_time()
    timeline = draft(gathered, WINDOW, Scope())
    cpu = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(asdict(Drafted(count, len(timeline.rows), cpu, peak))))


if __name__ == "__main__":
    main()
