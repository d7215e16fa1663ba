"""Time series as arrays, and the raw answers they come from."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from collector.source import Gap
from sources.text import one_line

Array: TypeAlias = NDArray[np.float64]

_MOST = 1e18
"""Beyond any count; sums of such numbers stay finite."""
_CENTURY = 4102444800.0
# Thousands of series have the same labels, on every page again.
_label = lru_cache(1 << 14)(one_line)
_RANGE = re.compile(r"(count\(\w+\()?(?P<selector>.*)\[(?P<seconds>\d+)s\](\)( >= \d+)?\))?", re.DOTALL)


class Series(Struct, frozen=True):
    """One time series: its labels, and its samples in order of time, no two of one time."""

    labels: Mapping[str, str]
    """Without `__name__`."""
    times: Array
    """Unix seconds."""
    values: Array


class Extent(Struct, frozen=True):
    """What the answers cover."""

    base: str
    """URL of the server for its readers, without a slash at its end."""
    start: float
    """Unix seconds from which samples were asked."""
    end: float
    """Unix seconds up to which samples were asked, at most the time of asking."""
    alive: Array
    """All times at which there is a sample of anything: when Prometheus was seen to work."""
    steady: bool
    """Whether there are samples that only an outage interrupts, so that their absence means something."""


class Asked(Struct, frozen=True):
    """What a document answers, from its `asked`."""

    base: str
    query: str
    """The expression; of a range selector and of the count of its series the selector alone."""
    start: float
    end: float
    """Unix seconds."""


def asked(text: str) -> Asked:
    """Raises ValueError or IndexError if it is no request of ours."""
    parts = urlsplit(text.partition(" ")[2])
    params = parse_qs(parts.query)
    # The last one: the API server of Kubernetes, as a proxy, has the same in its own path.
    base = f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/api/v1/')[0]}"
    query = params.get("query", [""])[0]
    end = float(params.get("time", params.get("end", []))[0])
    start = float(params.get("start", [str(end)])[0])
    if "time" in params and (ranged := _RANGE.fullmatch(query)):
        query, start = ranged["selector"], end - int(ranged["seconds"])
    if not 0 <= start <= end <= _CENTURY:
        raise ValueError("no time to ask for")
    return Asked(base, query, start, end)


def parsed(item: dict[str, Any], start: float, end: float) -> Iterator[Series | Gap]:
    """One item of a `matrix` result; samples that are no count, or not of the time asked, are left out.

    Samples that cannot be read are counted in a Gap. Of a native histogram it is the count of observations. Raises
    KeyError, TypeError, ValueError or OverflowError if it is none, or no sample of it can be read.
    """
    labels = {_label(name): _label(value) for name, value in item["metric"].items() if name != "__name__"}
    samples = item.get("values", [])
    if "histograms" in item or "values" not in item:
        # A series may change from one to the other.
        samples = [*samples, *((time, histogram["count"]) for time, histogram in item["histograms"])]
    try:
        times, values = _columns(samples)
    except (TypeError, ValueError, OverflowError):
        readable = [sample for sample in samples if _is_readable(sample)]
        if not readable:
            raise
        yield Gap(f"{len(samples) - len(readable)} of {len(samples)} samples of a series could not be read")
        times, values = _columns(readable)
    # A second to either side: servers may round what was asked.
    good = (np.abs(values) < _MOST) & (times >= start - 1) & (times <= end + 1)
    yield Series(labels, times, values) if good.all() else Series(labels, times[good], values[good])


def _columns(samples: Sequence[Any]) -> tuple[Array, Array]:
    """Times and values. Raises TypeError, ValueError or OverflowError if a sample is none."""
    moments, amounts = zip(*samples, strict=True) if samples else ((), ())
    if bool in {*map(type, moments), *map(type, amounts)}:
        # Python takes it for 0 or 1, and a counter that begins again.
        raise TypeError("neither a time nor a value is true or false")
    times, values = (np.fromiter(map(float, many), float, len(samples)) for many in (moments, amounts))
    return times, values


def _is_readable(sample: Any) -> bool:
    try:
        _columns([sample])
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def joined(pieces: Sequence[Series]) -> Series:
    """One series out of pieces of it, which may overlap."""
    times, values = (np.concatenate([getattr(piece, part) for piece in pieces]) for part in ("times", "values"))
    if not (times[1:] > times[:-1]).all():
        times, first = np.unique(times, return_index=True)
        values = values[first]
    return Series(pieces[0].labels, times, values)


def instant(seconds: float) -> datetime:
    """Unix seconds as a time in UTC."""
    return datetime.fromtimestamp(float(seconds), UTC)


def clock(seconds: float) -> str:
    """Unix seconds as people read them: `14:02:05`."""
    return f"{instant(seconds):%H:%M:%S}"


def graph(base: str, query: str, seconds: float) -> str:
    """Page of Prometheus that draws `query` from half an hour before to half an hour after a time."""
    end = f"{instant(seconds + 1800):%Y-%m-%d %H:%M:%S}"
    params = {"g0.expr": query, "g0.tab": "0", "g0.range_input": "1h", "g0.end_input": end}
    return f"{base}/graph?{urlencode(params)}"
