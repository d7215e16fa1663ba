"""Time series as arrays, parsed from raw answers."""

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
"""Larger than any count; sums of such numbers stay finite."""
_CENTURY = 4102444800.0
# Thousands of series repeat the same labels on every page.
_label = lru_cache(1 << 14)(one_line)
_RANGE = re.compile(r"(count\(\w+\()?(?P<selector>.*)\[(?P<seconds>\d+)s\](\)( >= \d+)?\))?", re.DOTALL)


class Series(Struct, frozen=True):
    """One time series: its labels, and its samples in order of time, each time once."""

    labels: Mapping[str, str]
    """Without `__name__`."""
    times: Array
    """Unix seconds."""
    values: Array


class Extent(Struct, frozen=True):
    """The server and the time span of the answers."""

    base: str
    """URL of the server for readers, without a trailing slash."""
    start: float
    """Unix seconds; the beginning of the requested samples."""
    end: float
    """Unix seconds; the end of the requested samples, at most the time of the request."""
    alive: Array
    """All times with a sample of any series: when Prometheus evidently worked."""
    steady: bool
    """Whether there are samples that only an outage interrupts, so that missing samples mean something."""


class Asked(Struct, frozen=True):
    """The question that a document answers, parsed from its `asked`."""

    base: str
    query: str
    """The expression; for a range selector, or a count of its series, only the selector."""
    start: float
    end: float
    """Unix seconds."""


def asked(text: str) -> Asked:
    """Parse `asked` of a document. Raises ValueError or IndexError if it is no request of this tool."""
    parts = urlsplit(text.partition(" ")[2])
    params = parse_qs(parts.query)
    # The last one, because a Kubernetes API server used as a proxy has `/api/v1/` in its own path.
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
    """One item of a `matrix` result; samples that are no counts, or outside the requested time, are left out.

    Unreadable samples are counted in a Gap. The values of a native histogram are its counts of observations. Raises
    KeyError, TypeError, ValueError or OverflowError if the item is malformed, or none of its samples is readable.
    """
    labels = {_label(name): _label(value) for name, value in item["metric"].items() if name != "__name__"}
    samples = item.get("values", [])
    if "histograms" in item or "values" not in item:
        # A series may change from plain samples to histograms or back.
        samples = [*samples, *((time, histogram["count"]) for time, histogram in item["histograms"])]
    try:
        times, values = _columns(samples)
    except (TypeError, ValueError, OverflowError):
        readable = [sample for sample in samples if _is_readable(sample)]
        if not readable:
            raise
        yield Gap(f"{len(samples) - len(readable)} of {len(samples)} samples of a series could not be read")
        times, values = _columns(readable)
    # One second of tolerance: servers may round the requested times.
    good = (np.abs(values) < _MOST) & (times >= start - 1) & (times <= end + 1)
    yield Series(labels, times, values) if good.all() else Series(labels, times[good], values[good])


def _columns(samples: Sequence[Any]) -> tuple[Array, Array]:
    """Times and values. Raises TypeError, ValueError or OverflowError if a sample is malformed."""
    moments, amounts = zip(*samples, strict=True) if samples else ((), ())
    if bool in {*map(type, moments), *map(type, amounts)}:
        # Python would convert these to 0 or 1, which would look like a counter reset.
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
    """One series, joined from pieces that may overlap."""
    times, values = (np.concatenate([getattr(piece, part) for piece in pieces]) for part in ("times", "values"))
    if not (times[1:] > times[:-1]).all():
        times, first = np.unique(times, return_index=True)
        values = values[first]
    return Series(pieces[0].labels, times, values)


def instant(seconds: float) -> datetime:
    """Unix seconds as a UTC datetime."""
    return datetime.fromtimestamp(float(seconds), UTC)


def clock(seconds: float) -> str:
    """Unix seconds as a time of day: `14:02:05`."""
    return f"{instant(seconds):%H:%M:%S}"


def graph(base: str, query: str, seconds: float) -> str:
    """URL of the Prometheus page that graphs `query` from half an hour before to half an hour after a time."""
    end = f"{instant(seconds + 1800):%Y-%m-%d %H:%M:%S}"
    params = {"g0.expr": query, "g0.tab": "0", "g0.range_input": "1h", "g0.end_input": end}
    return f"{base}/graph?{urlencode(params)}"
