"""How well changes that are known are found: when, and how often none is found, or one that is none.

The series are made request by request, scraped, written as Prometheus' answers and read by the adapter as in life.
"""

import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from collector.event import Event, Kind
from tests.sources.prometheus.samples import FIRST, LAST, SCRAPE, WINDOW, Sampled, documents, read, up

Array = NDArray[np.float64]

QUIET = 0.002
TRAFFICS = (0.2, 2.0, 10.0, 50.0, 500.0)
"""Requests per second."""
_TICK = 0.5
"""Seconds; changes and scrapes are at whole ticks."""
_TIMES = np.arange(FIRST, LAST, _TICK)
_PODS = 2
_FAR = 300.0
"""Seconds from the truth beyond which a change is another one."""
_SLOW = 0.02
_BOUNDS = ("0.1", "0.5", "2.5", "+Inf")


class Shape(Struct, frozen=True):
    """What a series goes through."""

    name: str
    lasts: float = 0.0
    """Seconds; 0 is quiet."""
    high: float = QUIET
    """The raised ratio; of traffic the share that is left."""
    usual: float = QUIET
    """The ratio before it; at 0 there is no series of errors before the first error."""
    remains: float | None = None
    """The ratio after it; None is as before it."""
    bursts: int = 1
    """In so many equal parts, as long as the calm between them."""
    scrape: float = SCRAPE
    """Seconds from one scrape to the next."""
    ramp: float = 0.0
    """Seconds until it is reached."""
    resets: int = 0
    """So many of the pods restart, one at the change, at times a minute apart."""
    gap: float = 0.0
    """Seconds without scrapes, in the middle."""
    season: bool = False
    """Traffic swings as over a day."""
    uneven: bool = False
    """Traffic of each minute is drawn anew, and 2 % of the requests fail, eight at a time."""
    measure: str = "errors"
    option: float = 0.01
    """`least_error_ratio`."""


SHAPES = (
    Shape("step to 1%", 1200, 0.01, option=0.004),
    Shape("step to 5%", 1200, 0.05),
    Shape("step to 40%", 1200, 0.4),
    Shape("burst of 1 min, 40%", 60, 0.4),
    Shape("burst of 3 min, 40%", 180, 0.4),
    Shape("burst of 10 min, 40%", 600, 0.4),
    Shape("ramp of 5 min to 40%", 1200, 0.4, ramp=300),
    Shape("step to 40%, resets", 1200, 0.4, resets=2),
    Shape("step to 40%, gap", 1200, 0.4, gap=180),
    Shape("outage of 3 min, 100%", 180, 1.0),
    Shape("40%, then 0.7% remain", 600, 0.4, remains=0.007),
    Shape("6 bursts of 3 min, 40%", 1980, 0.4, bursts=6),
    Shape("quiet: season, reset, gap", resets=2, gap=180, season=True),
)
MORE = (
    Shape("traffic falls to 10%", 900, 0.1, measure="traffic"),
    Shape("traffic falls to 0", 600, 0.0, measure="traffic"),
    Shape("slow requests 2% to 30%", 900, 0.3, measure="latency"),
    Shape("quiet: uneven, in batches", uneven=True),
)
SCRAPES = (15.0, 30.0, 60.0)
CALM = (QUIET, 0.0)
"""The ratio of errors that is usual, and that of a service without any."""


def every_shape() -> tuple[Shape, ...]:
    """Those of errors with each scrape interval and each usual ratio, the others with each scrape interval."""
    errors = [replace(one, scrape=scrape, usual=usual) for scrape in SCRAPES for usual in CALM for one in SHAPES]
    return (*errors, *(replace(one, scrape=scrape) for scrape in SCRAPES for one in MORE))


class Found(Struct, frozen=True):
    """What came out for one series."""

    shape: Shape
    traffic: float
    onset: float | None
    """Seconds from the truth; None if it was missed."""
    recovery: float | None
    false: int
    """Changes that are none."""


class Accuracy(Struct, frozen=True):
    """Every series of a run."""

    found: Sequence[Found]

    def of(self, chosen: Callable[[Found], bool]) -> "Accuracy":
        """Some of them."""
        return Accuracy([one for one in self.found if chosen(one)])

    def at(self, traffic: float) -> "Accuracy":
        """Those of so many requests per second."""
        return self.of(lambda one: one.traffic == traffic)

    def scraped(self, every: float) -> "Accuracy":
        """Those scraped so often."""
        return self.of(lambda one: one.shape.scrape == every)

    @property
    def errors(self) -> list[float]:
        """Of all onsets and recoveries found, seconds from the truth, whatever the sign."""
        return [abs(error) for one in self.found for error in (one.onset, one.recovery) if error is not None]

    @property
    def missed(self) -> int:
        """Changes, of which each series that is not quiet has two."""
        return sum((one.onset is None) + (one.recovery is None) for one in self.found if one.shape.lasts)

    @property
    def false(self) -> int:
        """Changes that are none."""
        return sum(one.false for one in self.found)

    @property
    def quiet_hours(self) -> float:
        """Hours without a change: before and after it, in series that have one."""
        return sum((LAST - FIRST - one.shape.lasts) / 3600 for one in self.found)

    def row(self, name: str) -> str:
        """One line of the table."""
        figures = []
        for of in ("onset", "recovery"):
            errors = sorted(abs(error) for one in self.found if (error := getattr(one, of)) is not None)
            figures.append(f"{statistics.median(errors):6.0f} {errors[-1]:6.0f}" if errors else f"{'-':>6} {'-':>6}")
        false = 100 * self.false / self.quiet_hours
        return f"{name:<28} {len(self.found):>6} {'   '.join(figures)} {self.missed:>8} {false:>12.1f}"

    def __str__(self) -> str:
        """The table."""
        lines = [
            f"{'accuracy':<28} {'':>6} {'onset, s':>13}   {'recovery, s':>13} {'missed':>8} {'false per':>12}",
            f"{'':<28} {'series':>6} {'median  worst':>13}   {'median  worst':>13} {'changes':>8} {'100 quiet h':>12}",
        ]
        shapes = dict.fromkeys(one.shape.name for one in self.found)
        lines += [self.of(lambda one, name=name: one.shape.name == name).row(name) for name in shapes]
        errors = self.of(lambda one: one.shape.measure == "errors")
        lines += [errors.at(traffic).row(f"errors, {traffic:g} req/s") for traffic in TRAFFICS]
        for scrape in SCRAPES:
            for usual, name in zip(CALM, ("few errors", "no errors"), strict=True):
                ours = errors.scraped(scrape).of(lambda one, usual=usual: one.shape.usual == usual)
                if ours.found:
                    lines.append(ours.row(f"{name} before, every {scrape:g} s"))
        return "\n".join([*lines, errors.row("errors, all")])


def accuracy(seeds: Iterable[int], shapes: Sequence[Shape] = SHAPES) -> Accuracy:
    """One series per shape, traffic and seed."""
    seeds = list(seeds)
    return Accuracy([_found(shape, traffic, seed) for shape in shapes for traffic in TRAFFICS for seed in seeds])


def _found(shape: Shape, traffic: float, seed: int) -> Found:
    number = [one.name for one in (*SHAPES, *MORE)].index(shape.name)
    kind = [number, int(traffic * 10), int(shape.scrape), int(shape.usual * 1000)]
    chance = np.random.default_rng([seed, *kind])
    onset = _TICK * round(float(chance.uniform(WINDOW.start.timestamp(), WINDOW.start.timestamp() + 600)) / _TICK)
    given = documents([*_series(shape, traffic, onset, chance), up()])
    events, _ = read(given, least_error_ratio=shape.option)
    rises, falls = _KINDS[shape.measure]
    rest = list(events)
    errors = [_nearest(rest, kind, truth) for kind, truth in ((rises, onset), (falls, onset + shape.lasts))]
    return Found(shape, traffic, *(errors if shape.lasts else (None, None)), len(rest) if shape.lasts else len(events))


_KINDS = {
    "errors": (Kind.ERRORS_ROSE, Kind.ERRORS_FELL),
    "traffic": (Kind.TRAFFIC_FELL, Kind.TRAFFIC_ROSE),
    "latency": (Kind.LATENCY_ROSE, Kind.LATENCY_FELL),
}


def _nearest(events: list[Event], kind: Kind, truth: float) -> float | None:
    """How far the nearest is, which is taken out; None if there is none."""
    near = [(abs(error), error, event) for event in events if event.kind == kind for error in [_error(event, truth)]]
    if not near or min(near, key=lambda one: one[0])[0] > _FAR:
        return None
    _, error, event = min(near, key=lambda one: one[0])
    events.remove(event)
    return error


def _error(event: Event, truth: float) -> float:
    return event.at.timestamp() - truth


def _series(shape: Shape, traffic: float, onset: float, chance: np.random.Generator) -> Iterator[Sampled]:
    raised = np.clip((_TIMES - onset) / (shape.ramp or _TICK / 2), 0, 1) * (onset + shape.lasts > _TIMES)
    if shape.bursts > 1:
        raised *= (_TIMES - onset) // (shape.lasts / (2 * shape.bursts - 1)) % 2 == 0
    before = np.full(len(_TIMES), shape.usual)
    if shape.remains is not None:
        before[onset + shape.lasts <= _TIMES] = shape.remains
    rate = np.full(len(_TIMES), traffic)
    if shape.season:
        rate *= 1 + 0.6 * np.sin(2 * np.pi * _TIMES / timedelta(days=1).total_seconds() + chance.uniform(0, 6))
    if shape.uneven:
        minutes = chance.gamma(6, 1 / 6, len(_TIMES))[:: int(60 / _TICK)]
        rate *= np.repeat(minutes, int(60 / _TICK))[: len(_TIMES)]
    if shape.measure == "traffic":
        rate *= 1 - raised * (1 - shape.high)
    for pod in range(_PODS):
        phase = _TICK * round(float(chance.uniform(0, shape.scrape)) / _TICK)
        scraped = FIRST + np.arange(phase, LAST - FIRST, shape.scrape)
        hole = onset + shape.lasts / 2 + np.array([-0.5, 0.5]) * shape.gap
        scraped = scraped[(scraped <= hole[0]) | (scraped >= hole[1])]
        requests = chance.poisson(rate * _TICK / _PODS)
        labels = {"service": "checkout", "namespace": "shop", "job": "web", "instance": str(pod)}
        reset = onset + 60 * pod if pod < shape.resets else None
        if shape.measure == "latency":
            slow = chance.binomial(requests, _SLOW + raised * (shape.high - _SLOW))
            fast = chance.binomial(requests - slow, 0.7)
            for bound, kept in zip(_BOUNDS, (fast, requests - slow, requests, requests), strict=True):
                yield _counter("http_request_duration_seconds_bucket", {**labels, "le": bound}, scraped, kept, reset)
        ratio = before + raised * (shape.high - before) if shape.measure == "errors" else before
        failed = chance.binomial(requests, ratio)
        if shape.uneven:
            failed = np.minimum(requests, 8 * chance.poisson(requests * 0.02 / 8))
        yield _counter("http_requests_total", {**labels, "code": "200"}, scraped, requests - failed, reset)
        yield _counter("http_requests_total", {**labels, "code": "500"}, scraped, failed, reset)


def _counter(
    name: str, labels: dict[str, str], scraped: Array, counted: NDArray[np.int64], reset: float | None
) -> Sampled:
    """Zero until it first counts, as a label's value that was never seen, is not there."""
    sums = np.concatenate(([0], np.cumsum(counted)))
    ticks = np.round((scraped - FIRST) / _TICK).astype(int)
    values = sums[ticks]
    if reset is not None:
        values = np.where(scraped > reset, values - sums[round((reset - FIRST) / _TICK)], values + 1000)
    pairs = zip(scraped.tolist(), values.tolist(), strict=True)
    return Sampled(name, labels, [(time, value) for time, value in pairs if value or labels.get("code") != "500"])
