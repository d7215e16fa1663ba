"""Drafting is quick for many Events, and grows with their number, also where all of them are alike."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.scope import Scope
from collector.timeline import draft
from tests.bench.growth import assert_no_square
from tests.bench.many import Drafted
from tests.bench.measured_again import best_of_three
from tests.collector.build import WINDOW, event
from tests.servers.process import ROOT

pytestmark = pytest.mark.bench
_WEB = {"service": "web", "namespace": "shop", "workload": "Deployment/web"}


def _drafted(count: int, silent: float) -> Drafted:
    command = [sys.executable, "-m", "tests.bench.many", str(count), str(silent)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return Drafted(**json.loads(done.stdout))


def _growth(counts: tuple[int, ...], silent: float, cpu: tuple[float, ...], most: float) -> tuple[Drafted, ...]:
    """Draft so many, each within its seconds of `cpu`; from each to the next the cost per event grows at most so much.

    That is asserted, after it was measured again where it did not hold.
    """

    def ratios(found: tuple[Drafted, ...]) -> list[float]:
        return [larger.cpu / smaller.cpu * smaller.events / larger.events for smaller, larger in pairwise(found)]

    def within(found: tuple[Drafted, ...]) -> bool:
        return max(ratios(found)) <= most and all(one.cpu <= limit for one, limit in zip(found, cpu, strict=True))

    made = best_of_three(lambda: tuple(_drafted(count, silent) for count in counts), within)
    print("  per event, each to the one before: " + ", ".join(f"{ratio:.2f}" for ratio in ratios(made)))
    assert within(made), made
    return made


def test_fifty_thousand_take_under_a_second_a_million_15_and_the_growth_is_linear() -> None:
    *_, large = _growth((50_000, 200_000, 1_000_000), 0.9, cpu=(1, 6, 15), most=3)
    assert large.megabytes <= 2048


def test_events_that_all_mean_something_grow_as_little() -> None:
    _growth((25_000, 50_000, 100_000), 0, cpu=(2, 3, 8), most=1.6)


def _flapping_alert(count: int) -> Iterator[Event]:
    for at in _moments(count):
        for kind in (Kind.ALERT_FIRING, Kind.ALERT_RESOLVED):
            yield event(kind, at, alert="Errors", episode="one", merge_key="Errors", native_id=f"{kind} {at}", **_WEB)


def _many_instances(count: int) -> Iterator[Event]:
    for number, at in enumerate(_moments(count)):
        one = f"{number}"
        yield event(Kind.ALERT_FIRING, at, alert="Errors", episode=one, merge_key=one, native_id=one, **_WEB)


def _flapping_pod(count: int) -> Iterator[Event]:
    for at in _moments(count):
        yield event(Kind.POD_UNREADY, at, pod="web-1", merge_key="web-1", native_id=f"not {at}", seconds=0, **_WEB)
        yield event(Kind.POD_CRASHED, at, pod="web-1", merge_key="web-1", native_id=f"died {at}", seconds=0, **_WEB)
        yield event(Kind.POD_RECOVERED, at, pod="web-1", merge_key="web-1", native_id=f"again {at}", seconds=0, **_WEB)


def _alike_from_two_sources(count: int) -> Iterator[Event]:
    for number, at in enumerate(_moments(count)):
        source = ("kubernetes", "recorder")[number % 2]
        yield event(Kind.WARNING, at, source=source, merge_key="one", native_id=f"{number}", seconds=0, **_WEB)


def _one_node(count: int) -> Iterator[Event]:
    yield event(Kind.NODE_NOT_READY, "14:00:00", node="n", workload="Node/n")
    for number, at in enumerate(_moments(count)):
        known = {"service": f"s{number}", "namespace": "shop", "workload": f"Deployment/s{number}"}
        yield event(Kind.POD_EVICTED, at, node="n", pod=f"s{number}-1", native_id=f"{number}", **known)


def _previews(count: int) -> Iterator[Event]:
    for number, at in enumerate(_moments(count)):
        known = {"service": "web", "namespace": f"preview-{number}", "workload": "Deployment/web"}
        yield event(Kind.POD_CRASHED, at, pod="web-1", native_id=f"{number}", **known)


def _runs(count: int) -> Iterator[Event]:
    for number, at in enumerate(_moments(count)):
        keys = {"service": "web", "run": f"{number}", "deployment": f"{number}", "version": f"1.{number}"}
        yield event(Kind.DEPLOY_STARTED, at, native_id=f"start {number}", **keys)
        yield event(Kind.DEPLOY_SUCCEEDED, at, native_id=f"end {number}", **keys)
        yield event(Kind.ANNOTATION, at, source="grafana", native_id=f"mark {number}", **keys)


def _jobs_of_one_run(count: int) -> Iterator[Event]:
    for number, at in enumerate(_moments(count)):
        keys = {"service": "web", "run": "7", "deployment": f"{number}", "version": "1.5.0"}
        yield event(Kind.DEPLOY_STARTED, at, native_id=f"start {number}", **keys)
        yield event(Kind.DEPLOY_SUCCEEDED, at, native_id=f"end {number}", **keys)


def _attempts_of_one_run(count: int) -> Iterator[Event]:
    for number, at in enumerate(_moments(count)):
        yield event(Kind.RUN_STARTED, at, native_id=f"attempt {number}", service="web", run="7")
        keys = {"service": "web", "run": "7", "deployment": f"{number}", "version": "1.5.0"}
        yield event(Kind.DEPLOY_SUCCEEDED, at, native_id=f"end {number}", **keys)


def _silences_and_alerts(count: int) -> Iterator[Event]:
    for number, at in enumerate(_moments(count // 2)):
        known = {"service": f"s{number}", "alert": "Errors", "episode": f"{number}", "merge_key": f"{number}"}
        yield event(Kind.ALERT_FIRING, at, native_id=f"fires {number}", **known)
        yield event(Kind.SILENCE_STARTED, at, alert="Errors", native_id=f"muted {number}")


def _notes_and_stories(count: int) -> Iterator[Event]:
    for number, at in enumerate(_moments(count // 2)):
        yield event(Kind.NOTE, at, f"Ana: web again, {number}", native_id=f"note {number}")
        yield event(Kind.CONFIG_CHANGED, at, service="web", workload=f"ConfigMap/{number}", native_id=f"{number}")


def _moments(count: int) -> Iterator[str]:
    """Over half an hour."""
    for number in range(count):
        second = number * 1800 / count
        yield f"14:{int(second // 60):02}:{second % 60:09.6f}"


@pytest.mark.parametrize(
    "shape",
    [
        *(_flapping_alert, _many_instances, _flapping_pod, _alike_from_two_sources, _one_node, _previews, _runs),
        *(_jobs_of_one_run, _attempts_of_one_run, _silences_and_alerts, _notes_and_stories),
    ],
)
def test_nothing_grows_with_the_square(shape: Callable[[int], Iterator[Event]]) -> None:
    def made(count: int) -> Callable[[], object]:
        gathered = Gathered(tuple(shape(count)), ())
        return lambda: draft(gathered, WINDOW, Scope())

    made.__name__ = shape.__name__
    assert_no_square(made)
