"""Which times the log covers."""

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
"""An API server is seldom asked nothing for longer than the first; a policy that logs little seldom logs nothing for
longer than the second.
"""
_UNLIKELY = 10
"""Nothing for so many times the mean distance is a hole: by chance that is one of 20,000."""
_WHAT = "changes, rollouts and pods"
Span = tuple[datetime, datetime]


class _Timed(Protocol):
    @property
    def at(self) -> Moment: ...


class LogCoverage(Struct):
    """The times for which the documents have entries."""

    spans: list[Span] = field(default_factory=list)
    shipped: bool = False
    """The log is in Loki."""
    _counted: bool = False

    def files(self, page: Any) -> None:
        """Each file covers the time from its first line to its last."""
        for file in objects(page, "files"):
            known = [at.earliest for at in (moment(text(file, "first")), moment(text(file, "last"))) if at]
            if known:
                self.spans.append((min(known), max(known)))

    def counts(self, page: Any) -> Iterator[Gap]:
        """In Loki, steps in which there are lines: any, also those that are not read."""
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
        """Which parts of the window the log does not cover, and which times it does; `about` is as in Seen."""
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
        """How long nothing is no hole yet. Within a file there is none; in Loki it depends on how much is logged."""
        if not self.shipped:
            return _QUIET
        mean = (max(last for _, last in spans) - spans[0][0]) / len({first for first, _ in spans})
        return min(max(_QUIET, _UNLIKELY * mean), _LONGEST_QUIET)

    def _of(self, entries: Iterable[_Timed]) -> list[Span]:
        """What was shipped late is in Loki under a later time than its own."""
        times = [entry.at.earliest for entry in entries] if self.shipped else []
        if times and not self._counted:
            return [(min(times), max(times))]
        return [(at, at) for at in times]


def _seen(about: str, start: datetime, end: datetime) -> Iterator[Seen]:
    # Of a file from long before only its end is known.
    if start < end:
        yield Seen(about, _WHAT, start, end, SECOND)


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%SZ}"
