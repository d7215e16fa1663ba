"""Converts observations in the series into Events."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from collector.event import Event, Identity, Kind, Subject
from sources.fact import Fact, Moment, report
from sources.promql.series import graph


class EventFactory(Struct, frozen=True):
    """The source of the Events, and the address of its Prometheus."""

    source: str
    base: str
    renamed: frozenset[str] = frozenset()
    """The labels that Prometheus renamed to `exported_...`."""

    def selector(self, metric: str, **labels: str) -> str:
        """The PromQL that shows these series to people."""
        names = {name: f"exported_{name}" if name in self.renamed else name for name in labels}
        return f"{metric}{{{','.join(f'{names[name]}={_quoted(value)}' for name, value in labels.items())}}}"

    def graph(self, query: str, at: datetime) -> str:
        """The URL of the Prometheus page that shows this query at that time."""
        return graph(self.base, query, at.timestamp())

    def likely(self, when: Moment) -> datetime:
        """The best single instant: the beginning of a stamp, or the middle between two samples."""
        exact = (when.latest - when.earliest).total_seconds() <= 1
        return when.earliest if exact else when.earliest + (when.latest - when.earliest) / 2

    def report(
        self,
        fact: Fact,
        when: Moment,
        native_id: str,
        query: str,
        *,
        at: datetime | None = None,
        keys: Identity | None = None,
        numbers: Mapping[str, float] | None = None,
        description: str = "",
        reason: str = "",
    ) -> Event:
        """The Event with which this source reports a fact; `at` defaults to `likely`."""
        at = self.likely(when) if at is None else at
        return report(
            fact,
            when,
            source=self.source,
            native_id=native_id,
            at=at,
            keys=keys or Identity(),
            numbers=numbers or {},
            url=self.graph(query, at),
            query=query,
            description=description,
            reason=reason,
        )

    def event(
        self,
        kind: Kind,
        when: Moment,
        summary: str,
        native_id: str,
        query: str,
        *,
        subject: Subject,
        at: datetime | None = None,
        keys: Identity | None = None,
        numbers: Mapping[str, float] | None = None,
        fact: str = "",
    ) -> Event:
        """One Event. `at` defaults to the beginning of a stamp, or the middle between two samples."""
        if at is None:
            at = self.likely(when)
        return Event(
            kind=kind,
            at=min(max(at, when.earliest), when.latest),
            earliest=when.earliest,
            latest=when.latest,
            summary=summary,
            source=self.source,
            native_id=native_id,
            subject=subject,
            keys=keys or Identity(),
            numbers=numbers or {},
            url=graph(self.base, query, at.timestamp()),
            query=query,
            merge_key=fact,
        )


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
