"""Times of raised errors of one service, from its errors and requests per bin."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sources.prometheus.deltas import Bins
from sources.prometheus.segments import Segment, boundary, segments
from sources.prometheus.series import Array

_RAISED = 0.01
"""A ratio below it is never called raised."""
_NORMAL = 0.005
"""A ratio up to so much above normal, or up to half as much again, is normal."""
_LEAST_REQUESTS = 30
_LEAST_ERRORS = 3
_PEAK_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Change:
    """When the level changed, in Unix seconds."""

    earliest: float
    """No scrape of a bin before it can tell of the new level."""
    at: float
    """End of the bin that is most likely the first at the new level: when it is known, never before its cause."""
    latest: float
    """End of the first bin that is surely at the new level."""


@dataclass(frozen=True, slots=True)
class Raised:
    """One time of raised errors. Ratios are 0 to 1, times Unix seconds."""

    rise: Change | None
    """None if it was raised from the first data on."""
    fall: Change | None
    """None if it was raised up to the last data."""
    before: float
    level: float
    """Ratio of the stretch in which most of its errors fell."""
    after: float
    peak: float
    """Highest ratio over a minute, or over as long as it takes for 30 requests."""
    peak_at: float
    errors: float
    requests: float


def raised(bins: Bins) -> Iterator[Raised]:
    """In order of time. Successive rises, as of a rolling deploy, are one."""
    # What is lost by rounding when all is summed is as good as nothing.
    used = np.flatnonzero(bins.requests > 1e-9 * bins.requests.sum())
    errors, requests = bins.errors[used], bins.requests[used]
    if not _possible(errors, requests):
        return
    found = segments(errors, requests)
    edges = np.stack((bins.edges[:-1][used], bins.edges[1:][used]))
    for first, end in _raised(found, errors, requests):
        inside = found[first:end]
        rise = _change(errors, requests, edges, found[first - 1 : first + 1]) if first else None
        fall = _change(errors, requests, edges, found[end - 1 : end + 1]) if end < len(found) else None
        begin = int(np.searchsorted(edges[1], rise.at)) if rise else 0
        finish = max(begin + 1, int(np.searchsorted(edges[1], fall.at))) if fall else len(errors)
        peak, at = _peak(errors[begin:finish], requests[begin:finish], bins.step)
        yield Raised(
            rise,
            fall,
            before=found[first - 1].ratio if first else 0.0,
            level=_level(max(inside, key=lambda one: one.errors), errors, requests),
            after=found[end].ratio if fall else 0.0,
            peak=peak,
            peak_at=float(edges[1][begin + at]),
            errors=float(errors[begin:finish].sum()),
            requests=float(requests[begin:finish].sum()),
        )


def _possible(errors: Array, requests: Array) -> bool:
    """Whether any stretch can be raised: each of two bins or more is made of twos and threes. Spares the search."""
    if len(errors) < 4 or errors.sum() < _LEAST_ERRORS:
        return False
    pairs = [np.convolve(amounts, np.ones(2), "valid") for amounts in (errors, requests)]
    threes = [np.convolve(amounts, np.ones(3), "valid") for amounts in (errors, requests)]
    return any(bool(np.any(k >= _RAISED * m)) for k, m in (pairs, threes))


def _raised(found: Sequence[Segment], errors: Array, requests: Array) -> Iterator[tuple[int, int]]:
    """Index of the first raised segment, and of the first normal one after it, of each time of raised errors.

    Normal is the lower of the levels at both ends: one of them lies outside an incident that the window shows whole.
    """
    enough = [one for one in found if one.requests >= _LEAST_REQUESTS]
    if not enough:
        return
    normal = min(enough[0].ratio, enough[-1].ratio)
    low = normal + max(_NORMAL, normal / 2)
    calm = [index for one in found if one.ratio <= low for index in range(one.first, one.end)]
    scatter = float(np.median(np.abs(errors[calm] / requests[calm] - normal))) if calm else 0.0
    high = max(_RAISED, low, normal + 5 * scatter)
    since: int | None = None
    for index, one in enumerate(found):
        telling = one.requests >= _LEAST_REQUESTS and one.errors >= _LEAST_ERRORS
        if since is None and one.ratio >= high and telling:
            since = index
        elif since is not None and one.ratio <= low:
            yield since, index
            since = None
    if since is not None:
        yield since, len(found)


def _change(errors: Array, requests: Array, edges: Array, pair: Sequence[Segment]) -> Change:
    early, best, late = boundary(errors, requests, *pair)
    # A scrape tells of the time since the one before, and one just after the change shows little of it.
    return Change(float(edges[0][max(0, early - 2)]), float(edges[1][best]), float(edges[1][late]))


def _level(stretch: Segment, errors: Array, requests: Array) -> float:
    """The ratio of a stretch without its edges, where what one scrape brings may be of two levels."""
    edge = 1 if stretch.bins > 4 else 0
    inner = slice(stretch.first + edge, stretch.end - edge)
    return float(errors[inner].sum() / requests[inner].sum())


def _peak(errors: Array, requests: Array, step: float) -> tuple[float, int]:
    """The highest ratio of bins in a row that last a minute and have 30 requests, and the last of these bins."""
    k, m = (np.concatenate(([0.0], np.cumsum(amounts))) for amounts in (errors, requests))
    for size in range(min(len(errors), int(np.ceil(_PEAK_SECONDS / step))), len(errors) + 1):
        sums, counts = k[size:] - k[:-size], m[size:] - m[:-size]
        ratios = np.where(counts >= min(_LEAST_REQUESTS, m[-1]), sums / counts, -1.0)
        if ratios.max() >= 0:
            best = int(np.argmax(ratios))
            return float(ratios[best]), best + size - 1
    raise AssertionError("all bins together have all requests")
