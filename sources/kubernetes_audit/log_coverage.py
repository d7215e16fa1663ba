"""The times that the log covers."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from msgspec import Struct, field

from collector.event import SECOND
from collector.source import Gap, Seen, each
from collector.window import Window
from sources.cluster.fields import count, get, moment, objects, text
from sources.fact import Moment

_QUIET, _LONGEST_QUIET = timedelta(minutes=5), timedelta(minutes=30)
"""How long a log may be silent without being incomplete, depending on how much it records.

An API server seldom gets no request for longer than the first; even a policy that logs little seldom logs nothing for
longer than the second.
"""
_UNLIKELY = 10
"""A silence this many times as long as the mean distance is a hole: by chance, that happens once in 20,000 times."""
_WHAT = "changes, rollouts and pods"
Span = tuple[datetime, datetime]


class _Timed(Protocol):
    @property
    def at(self) -> Moment: ...


class LogCoverage(Struct):
    """The times for which the documents have entries."""

    spans: list[Span] = field(default_factory=list)
    shipped: bool = False
    """Whether the log is in Loki."""
    _counted: bool = False

    def files(self, page: Any) -> None:
        """Add the times of files: each covers the time from its first line to its last."""
        for file in objects(page, "files"):
            known = [at.earliest for at in (moment(text(file, "first")), moment(text(file, "last"))) if at]
            if known:
                self.spans.append((min(known), max(known)))

    def counts(self, page: Any) -> Iterator[Gap]:
        """Add the steps in which Loki has lines, including lines that are not read."""
        self.shipped = self._counted = True
        step = count(page, "step") or 0
        for series in objects(get(page, "data"), "result"):

            def covered(value: Any) -> Iterator[Span]:
                end, lines = datetime.fromtimestamp(float(value[0]), UTC), float(value[1])
                if lines > 0:
                    yield end - timedelta(seconds=step), end

            for given in each(series.get("values"), covered, "counts of Loki"):
                if isinstance(given, Gap):
                    yield given
                else:
                    self.spans.append(given)

    def over(self, entries: Iterable[_Timed], window: Window, about: str) -> Iterator[Gap | Seen]:
        """The parts of the window that the log does not cover, and the times that it covers; `about` is as in Seen."""
        spans = sorted([*self.spans, *self._of(entries)])
        if self.shipped:
            hint = (
                "is it beyond the retention of Loki, was the shipper running, and does `query` select all of the log?"
            )
        else:
            hint = "rotated files may lie elsewhere, and each API server of a cluster writes a log of its own"
        if not spans:
            where = "query" if self.shipped else "path"
            yield Gap(
                "no entry of an audit log was found",
                f"is `{where}` right, and does the API server have an audit policy?",
            )
            return
        quiet, since = self._quiet(spans), spans[0][0]
        reached = since
        if reached > window.start:
            yield Gap(f"the audit log begins at {_stamp(reached)}", hint, about=about, span=(window.start, reached))
        for first, last in spans:
            if first - reached > quiet:
                yield from _seen(about, since, reached)
                since = first
                if window.overlaps(reached, first):
                    reason = f"the audit log has nothing between {_stamp(reached)} and {_stamp(first)}"
                    yield Gap(reason, hint, about=about, span=(reached, first))
            reached = max(reached, last)
        yield from _seen(about, since, reached)
        if reached < window.end - quiet:
            yield Gap(f"the audit log ends at {_stamp(reached)}", hint, about=about, span=(reached, window.end))

    def _quiet(self, spans: Sequence[Span]) -> timedelta:
        """How long a silence is no hole yet. A file has no holes inside; in Loki it depends on how much is logged."""
        if not self.shipped:
            return _QUIET
        mean = (max(last for _, last in spans) - spans[0][0]) / len({first for first, _ in spans})
        return min(max(_QUIET, _UNLIKELY * mean), _LONGEST_QUIET)

    def _of(self, entries: Iterable[_Timed]) -> list[Span]:
        """The times of entries. Loki may store a line that was shipped late under a later time."""
        times = [entry.at.earliest for entry in entries] if self.shipped else []
        if times and not self._counted:
            return [(min(times), max(times))]
        return [(at, at) for at in times]


def _seen(about: str, start: datetime, end: datetime) -> Iterator[Seen]:
    # Of a file from long before the window, only the end is known.
    if start < end:
        yield Seen(about, _WHAT, start, end, SECOND)


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%SZ}"
