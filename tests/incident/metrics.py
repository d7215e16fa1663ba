"""What Prometheus scraped during the incident, made from the lives of the recorded pods.

The same pods give the same bytes: the only chance in it is a seeded one.
"""

import bisect
import itertools
import random
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from tests.incident.workloads import moment

START = moment("12:30:00").timestamp()
END = moment("14:45:00").timestamp()
_SCRAPE = 15.0
_TRAFFIC = {"checkout": 30.0, "search": 22.0, "storefront": 40.0, "cart": 18.0, "payment-gateway": 9.0, "auth": 25.0}
"""Requests in a second, of all pods of a service together."""
_ERRORS = {
    "checkout": 0.001,
    "search": 0.002,
    "storefront": 0.0005,
    "cart": 0.001,
    "payment-gateway": 0.004,
    "auth": 0.001,
}
_BROKEN = ("checkout", "1.5.0", 0.404)
_ROLLBACK = moment("14:18:00").timestamp()
_SLOT = 0.731
"""Rules are evaluated this far after each quarter of a minute."""

ALERT = {"alertname": "CheckoutHighErrorRatio", "namespace": "shop", "service": "checkout", "severity": "critical"}
PENDING, FIRING, LAST = (moment(at).timestamp() + _SLOT for at in ("14:04:15", "14:06:15", "14:23:30"))
EXPRESSION = (
    'sum by (namespace, service) (rate(http_requests_total{service="checkout",code=~"5.."}[2m]))'
    ' / sum by (namespace, service) (rate(http_requests_total{service="checkout"}[2m])) > 0.04'
)
"""The expression of the alert, which is pending or firing exactly while it holds."""
_WATCHDOG = {"alertname": "Watchdog", "severity": "none"}
_QUEUE = {"alertname": "MailRelayQueueGrowing", "namespace": "platform", "service": "mail-relay", "severity": "warning"}


class _Pod(Struct, frozen=True):
    """One pod; times are Unix seconds."""

    labels: dict[str, str]
    version: str
    started: float
    ready: float
    ended: float


def openmetrics(lives: Sequence[dict[str, Any]]) -> str:
    """OpenMetrics text of all samples, from what `pods.json` of the incident holds."""
    pods = {name: [_pod(life) for life in lives if life["service"] == name and life["ready"]] for name in _TRAFFIC}
    lines = ["# TYPE http_requests counter"]
    for name, group in pods.items():
        load = _Load(group, _TRAFFIC[name])
        for pod in group:
            lines += _requests(name, pod, load)
    lines.append("# TYPE up gauge")
    for pod in itertools.chain.from_iterable(pods.values()):
        lines += [_sample("up", pod.labels, 1, at) for at in _scrapes(pod)]
    lines += _alerts()
    return "\n".join([*lines, "# EOF", ""])


class _Load:
    """How many requests each ready pod of a service may expect: all get the same share."""

    def __init__(self, pods: Sequence[_Pod], rate: float) -> None:
        self._edges = sorted({START, END, *(edge for pod in pods for edge in (pod.ready, pod.ended))})
        self._until = [0.0]
        for begin, end in itertools.pairwise(self._edges):
            ready = sum(pod.ready <= begin < pod.ended for pod in pods)
            self._until.append(self._until[-1] + (rate / ready * (end - begin) if ready else 0.0))

    def expected(self, pod: _Pod, begin: float, end: float) -> float:
        begin, end = max(begin, pod.ready), min(end, pod.ended)
        return self._at(end) - self._at(begin) if begin < end else 0.0

    def _at(self, time: float) -> float:
        place = min(max(bisect.bisect_right(self._edges, time) - 1, 0), len(self._edges) - 2)
        begin, end = self._edges[place : place + 2]
        share = (time - begin) / (end - begin)
        return self._until[place] + share * (self._until[place + 1] - self._until[place])


def _pod(life: dict[str, Any]) -> _Pod:
    labels = {"job": "kubernetes-pods", "namespace": life["namespace"], "service": life["service"]}
    labels |= {"pod": life["pod"], "instance": f"{life['ip']}:8080"}
    times = [
        datetime.fromisoformat(life[key]).timestamp() if life[key] else END for key in ("started", "ready", "ended")
    ]
    return _Pod(labels, life["version"], *times)


def _scrapes(pod: _Pod) -> list[float]:
    """When a pod is scraped: each at its own place in the interval, as Prometheus spreads them."""
    phase = random.Random(pod.labels["pod"]).uniform(0, _SCRAPE)
    begin, end = max(pod.started, START), min(pod.ended, END)
    first = START + phase + _SCRAPE * max(0, -(-(begin - START - phase) // _SCRAPE))
    return [first + _SCRAPE * number for number in range(int((end - first) // _SCRAPE) + 1)] if first < end else []


def _requests(service: str, pod: _Pod, load: _Load) -> Iterator[str]:
    chance = random.Random(f"{pod.labels['pod']} requests")
    broken = (service, pod.version) == _BROKEN[:2]
    # The few errors of old pods come with age; those of the rollback are too young for them.
    healthy = _ERRORS[service] if pod.started < _ROLLBACK else 0.0
    errors = _BROKEN[2] if broken else healthy
    kinds = {("GET", "200"): 0.69, ("GET", "404"): 0.01, ("POST", "200"): 0.3}
    shares = {kind: share * (1 - errors) for kind, share in kinds.items()}
    shares |= {("GET", "500"): 0.7 * errors, ("POST", "500"): 0.3 * errors}
    edges = list(itertools.accumulate(shares.values()))
    # A pod that has run for days has counted all the time.
    before = max(0.0, START - pod.ready) * _TRAFFIC[service] / 6
    counts = [round(before * share) for share in shares.values()]
    last = START
    samples: list[tuple[float, list[int]]] = []
    for at in _scrapes(pod):
        for _ in range(_poisson(chance, load.expected(pod, last, at))):
            counts[min(bisect.bisect_right(edges, chance.random()), len(edges) - 1)] += 1
        samples.append((at, counts.copy()))
        last = at
    for place, (method, code) in enumerate(shares):
        labels = pod.labels | {"code": code, "method": method}
        yield from (_sample("http_requests_total", labels, found[place], at) for at, found in samples)


def _poisson(chance: random.Random, expected: float) -> int:
    """How many arrivals there are where so many are expected."""
    count = -1
    while expected >= 0:
        expected -= chance.expovariate(1.0)
        count += 1
    return count


def _alerts() -> Iterator[str]:
    queue = [moment(at).timestamp() + _SLOT for at in ("14:16:00", "14:18:00")]
    long_ago = moment("2026-03-02T06:11:00").timestamp()
    episodes = (
        (ALERT, "pending", PENDING, FIRING - _SCRAPE, PENDING),
        (ALERT, "firing", FIRING, LAST, PENDING),
        (_WATCHDOG, "firing", START + _SLOT, END, long_ago),
        (_QUEUE, "pending", queue[0], queue[1], queue[0]),
    )
    yield "# TYPE ALERTS gauge"
    for labels, state, begin, end, _ in episodes:
        yield from (_sample("ALERTS", labels | {"alertstate": state}, 1, at) for at in _slots(begin, end))
    yield "# TYPE ALERTS_FOR_STATE gauge"
    for labels, _, begin, end, since in episodes:
        yield from (_sample("ALERTS_FOR_STATE", labels, int(since), at) for at in _slots(begin, end))


def _slots(begin: float, end: float) -> list[float]:
    return [begin + _SCRAPE * number for number in range(int((end - begin) // _SCRAPE) + 1)]


def _sample(name: str, labels: dict[str, str], value: int, at: float) -> str:
    inside = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
    return f"{name}{{{inside}}} {value} {at:.3f}"
