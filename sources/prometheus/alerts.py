"""Alert episodes: pending, firing and resolved events of each active period of an alert."""

import hashlib
from collections.abc import Collection, Iterator, Sequence

from collector.event import Event, Identity
from collector.source import Gap
from sources.alert_facts import alert_firing, alert_pending, alert_resolved
from sources.alert_labels import subject
from sources.fact import Fact
from sources.metric_labels import matchers
from sources.prometheus.active_periods import ActivePeriod, active_periods
from sources.prometheus.alert_series import NEXT
from sources.prometheus.availability import Availability
from sources.prometheus.rules import Rules
from sources.promql.series import Extent, Series, clock, graph, instant

_CHRONIC = 86400.0
"""Seconds. An alert that was active this long before the first data, and does not end, is no news."""
_STAMP = "%Y-%m-%d %H:%M:%S"
_ROUNDED = 1.0
"""ALERTS_FOR_STATE is in whole seconds, rounded down."""


def alert_events(
    alerts: Sequence[Series],
    for_state: Sequence[Series],
    rules: Rules,
    starts: Collection[float],
    extent: Extent,
    source: str,
    service_label: str,
) -> Iterator[Event | Gap]:
    """Pending, firing and resolved of every episode. `starts` are the Unix seconds when a Prometheus was started.

    `numbers["since"]` is the Unix second when the alert became active, or, on resolved events, when it fired. On firing
    events, `numbers["fired"]` is when it began to fire. Each is missing if unknown. `numbers["keep_firing_for"]` is
    the seconds that the alert kept firing after its condition had cleared.
    """
    availability = Availability(extent, starts)
    changed: dict[str, str] = {}
    for period in active_periods(alerts, for_state, rules, availability):
        episode = _Episode(period, availability, extent.base, source, service_label)
        yield from episode.events()
        if episode.contradicted:
            changed.setdefault(episode.name, episode.contradicted)
    for name, how in changed.items():
        yield Gap(f"the rule of {name} was changed since: {how}", "its expression and annotations are those of now")


class _Episode:
    """One active period of an alert."""

    def __init__(
        self, period: ActivePeriod, availability: Availability, base: str, source: str, service_label: str
    ) -> None:
        self.labels = period.labels
        self.pending, self.firing = period.pending, period.firing
        self.interval = period.interval
        self.active = period.since
        self.rule = period.rule
        self.availability = availability
        self.base = base
        self.source = source
        self.name = period.labels.get("alertname", "")
        self.where = subject(period.labels, service_label)
        digest = hashlib.sha256(matchers(period.labels).encode()).hexdigest()[:12]
        self.id = f"{self.name}-{digest}-{period.first if self.active is None else self.active:.0f}"
        self.last = period.last
        self.late = self._began_unseen(period.first)
        self.contradicted = self._contradicted()

    def events(self) -> Iterator[Event]:
        """The Events in order of time."""
        end = self._end()
        if self.late and end is None and self._chronic():
            return
        if len(self.pending) and not (len(self.firing) and self.firing[0] < self.pending[0]):
            first = float(self.pending[0])
            begun = (first, first, first) if not self.late else (min(first, self.availability.start), first, first)
            if self.active is not None:
                begun = (self.active, self.active, self.active + _ROUNDED)
            yield self._event(alert_pending(self.where, self.labels), begun, self.active)
        if not len(self.firing):
            return
        first = float(self.firing[0])
        fired: float | None = first
        if self.late and not (len(self.pending) and self.pending[0] < first):
            fact, span = self._already(first)
            fired = None if self.active is None else span[1]
            yield self._event(fact, span, self.active)
        else:
            yield self._event(alert_firing(self.where, self.labels), (first, first, first), self.active, fired=first)
        if end is not None:
            kept, words = self._kept(first, end)
            resolved = alert_resolved(self.where, self.labels, details=words)
            yield self._event(resolved, (float(self.firing[-1]), end, end), fired, keep_firing_for=kept or None)

    def _began_unseen(self, first: float) -> bool:
        """Whether it became active before its first available sample."""
        late = NEXT * self.interval
        if self.active is not None:
            return self.active < first - late - _ROUNDED
        return first <= self.availability.start + late

    def _chronic(self) -> bool:
        return self.active is None or self.active < self.availability.start - _CHRONIC

    def _already(self, first: float) -> tuple[Fact, tuple[float, float, float]]:
        """The fact that it already fires, and when it began to, if its first available sample is later."""
        since = "since when is unknown" if self.active is None else f"active since {instant(self.active):{_STAMP}} UTC"
        fires = alert_firing(self.where, self.labels, already=clock(first), details=f", {since}")
        if self.active is None:
            return fires, (min(first, self.availability.start), first, first)
        hold = self.rule.hold if self.rule else 0.0
        fired = min(first, self.active + hold)
        return fires, (self.active, fired, first)

    def _end(self) -> float | None:
        """When it was over at the latest; None if its end was not seen, or if it never fired."""
        if not len(self.firing):
            return None
        return self.availability.over_by(self.last, self.interval)

    def _kept(self, fired: float, end: float) -> tuple[float, str]:
        """How many seconds it kept firing after its condition had cleared, and the words for that."""
        kept = self.rule.keep_firing_for if self.rule and not self.contradicted else 0.0
        if not kept or end - kept < fired:
            return 0.0, ""
        return kept, f"; its condition had cleared {kept:.0f} s before, by {clock(end - kept)} UTC"

    def _contradicted(self) -> str:
        """How the current rule contradicts the samples, so that it must have changed; empty if it does not."""
        if not self.rule or self.active is None or not len(self.firing):
            return ""
        first, waited = float(self.firing[0]), float(self.firing[0]) - self.active
        if self.late or self.availability.restarted(self.active, first):
            return ""
        # An alert fires at an evaluation: up to one interval after `for`, or a few if evaluations were missed.
        least, most = self.rule.hold - _ROUNDED, self.rule.hold + 3 * self.interval + _ROUNDED
        if least <= waited <= most:
            return ""
        return f"it has `for` {self.rule.hold:.0f} s now, and fired after {waited:.0f} s then"

    def _event(
        self, fact: Fact, span: tuple[float, float, float], since: float | None, **others: float | None
    ) -> Event:
        shown = "ALERTS" + matchers(self.labels)
        earliest, at, latest = (instant(moment) for moment in span)
        numbers = {"since": since, **others}
        return Event(
            kind=fact.kind,
            at=at,
            earliest=earliest,
            latest=latest,
            summary=fact.words,
            source=self.source,
            native_id=f"{self.id}/{fact.kind.value}",
            subject=fact.subject,
            keys=Identity(alert=self.name, episode=self.id),
            numbers={name: number for name, number in numbers.items() if number is not None},
            url=graph(self.base, shown, span[1]),
            query=(self.rule.expression if self.rule else "") or shown,
            description=self.rule.description(self.labels) if self.rule else "",
            merge_key=fact.merge_key,
        )
