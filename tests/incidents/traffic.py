"""Request counters of services, as Prometheus scraped them from the pods that lived, in OpenMetrics.

What arrives in each scrape is drawn (Poisson for requests, binomial for errors) by a seed of the pod's own.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np
from msgspec import Struct, field

from tests.incidents.ids import number
from tests.incidents.pods import Pod
from tests.incidents.world import World

Ratio = Callable[[datetime, str], float]
"""The share of requests that fail, by the time and the image's tag."""


class Traffic(Struct, frozen=True):
    """The requests of one service."""

    service: str
    namespace: str
    pods: Callable[[], Sequence[Pod]]
    rate: float
    """Requests per second of all pods together."""
    errors: Ratio = lambda at, tag: 0.001
    share: Callable[[datetime], float] = lambda at: 1.0
    """How much of the usual traffic comes."""
    metric: str = "http_requests"
    suffix: str = "_total"
    code: str = "code"
    """The label that has the outcome."""
    codes: tuple[str, str] = ("200", "500")
    labels: dict[str, str] = field(default_factory=dict)
    """Beside job, namespace, service, pod and instance."""
    named_by: str = "service"
    """The label that names the service; empty if there is none."""
    slow: Ratio | None = None
    """The share of requests that take more than half a second; then there is a histogram, too."""
    scrape: float = 30.0


def steps(*changes: tuple[str, float], usual: float = 0.001) -> Callable[[World], Ratio]:
    """A ratio that changes at these times, whatever the version."""

    def of(world: World) -> Ratio:
        moments = [(world.moment(when), ratio) for when, ratio in changes]

        def ratio(at: datetime, _tag: str) -> float:
            return next((value for when, value in reversed(moments) if at >= when), usual)

        return ratio

    return of


def by_tag(broken: str, ratio: float, usual: float = 0.001) -> Ratio:
    """A ratio of one version."""
    return lambda _at, tag: ratio if tag == broken else usual


class Metrics(Struct, frozen=True):
    """All samples of a Prometheus."""

    world: World
    start: datetime
    traffic: Sequence[Traffic]
    missing: Sequence[tuple[datetime, datetime]] = ()
    """When it did not scrape."""
    more: Callable[[], Iterable[str]] = lambda: ()
    """Further families in OpenMetrics."""

    def text(self) -> str:
        """The samples, family by family."""
        families: dict[str, list[str]] = {}
        up: list[str] = []
        for traffic in self.traffic:
            for pod in traffic.pods():
                self._pod(traffic, pod, families, up)
        lines: list[str] = []
        for family, samples in families.items():
            # A counter has to end in `_total` there; what else it is does not matter to Prometheus.
            plain = {traffic.metric + traffic.suffix for traffic in self.traffic if traffic.suffix != "_total"}
            kind = "unknown" if family in plain else "histogram" if family.endswith("_seconds") else "counter"
            lines += [f"# TYPE {family} {kind}", *samples]
        return "\n".join([*lines, "# TYPE up gauge", *up, *self.more(), "# EOF", ""])

    def _pod(self, traffic: Traffic, pod: Pod, families: dict[str, list[str]], up: list[str]) -> None:
        born = pod.container.started or pod.created
        born = min([born, *(start for start, _ in pod.ready_times)])
        times = self._scrapes(traffic, pod, born)
        if not times:
            return
        labels = {"job": "kubernetes-pods", "namespace": traffic.namespace, "pod": pod.name}
        labels |= {"instance": f"{pod.address}:8080", **traffic.labels}
        if traffic.named_by:
            labels[traffic.named_by] = traffic.service
        up += [
            sample("up", {key: labels[key] for key in ("job", "namespace", "pod", "instance")}, 1, at) for at in times
        ]
        if not pod.ready_times:
            return
        tag = pod.main["image"].rpartition(":")[2]
        chance = np.random.default_rng(number(2**40, "traffic", traffic.service, pod.uid))
        age = max(0.0, (self.start - born).total_seconds())
        others = max(1, sum(one.ready for one in traffic.pods()))
        good, bad = int(age * traffic.rate / others), int(age * traffic.rate / others * traffic.errors(self.start, tag))
        slow = int(good * traffic.slow(self.start, tag)) if traffic.slow else 0
        rows: list[tuple[datetime, int, int, int]] = []
        last = max(born, self.start - timedelta(seconds=traffic.scrape))
        for at in times:
            middle = last + (at - last) / 2
            arrived = int(chance.poisson(self._expected(traffic, pod, last, at) * traffic.share(middle)))
            failed = int(chance.binomial(arrived, traffic.errors(middle, tag)))
            slow += int(chance.binomial(arrived, traffic.slow(middle, tag))) if traffic.slow else 0
            good, bad, last = good + arrived - failed, bad + failed, at
            rows.append((at, good, bad, slow))
        name = traffic.metric + traffic.suffix
        lines = families.setdefault(traffic.metric if traffic.suffix == "_total" else name, [])
        for place, value in enumerate(traffic.codes, start=1):
            lines += [
                sample(name, {**labels, traffic.code: value, "method": "GET"}, row[place], row[0]) for row in rows
            ]
        if traffic.slow:
            lines = families.setdefault("http_request_duration_seconds", [])
            for bound in ("0.1", "0.5", "2.5", "+Inf"):
                for at, well, ill, late in rows:
                    total = well + ill
                    value = {"0.1": (total - late) * 8 // 10, "0.5": total - late, "2.5": total - late // 5}.get(
                        bound, total
                    )
                    lines.append(sample("http_request_duration_seconds_bucket", {**labels, "le": bound}, value, at))
            lines += [sample("http_request_duration_seconds_count", labels, row[1] + row[2], row[0]) for row in rows]

    def _scrapes(self, traffic: Traffic, pod: Pod, born: datetime) -> list[datetime]:
        phase = number(int(traffic.scrape * 1000), "phase", pod.uid) / 1000
        at, until = self.start + timedelta(seconds=phase), pod.ended or self.world.end
        found = []
        while at < until:
            if at >= born and not any(start <= at < end for start, end in self.missing):
                found.append(at)
            at += timedelta(seconds=traffic.scrape)
        return found

    def _expected(self, traffic: Traffic, pod: Pod, start: datetime, end: datetime) -> float:
        """Each ready pod gets the same share; looked at in the middle."""
        total = 0.0
        for begin, stop in pod.ready_times:
            begin, stop = max(begin, start), min(stop or end, end)
            if begin < stop:
                middle = begin + (stop - begin) / 2
                ready = sum(_ready_at(one, middle) for one in traffic.pods())
                total += traffic.rate / max(1, ready) * (stop - begin).total_seconds()
        return total


def _ready_at(pod: Pod, at: datetime) -> bool:
    return any(begin <= at and (end is None or at < end) for begin, end in pod.ready_times)


def sample(name: str, labels: dict[str, str], value: float, at: datetime) -> str:
    """One line of OpenMetrics."""
    inside = ",".join(f'{key}="{text}"' for key, text in sorted(labels.items()))
    return f"{name}{{{inside}}} {value} {at.timestamp():.3f}"


def gauge(name: str, series: Iterable[tuple[dict[str, str], float, datetime]]) -> Iterator[str]:
    """A family of gauges."""
    yield f"# TYPE {name} gauge"
    yield from (sample(name, labels, value, at) for labels, value, at in series)
