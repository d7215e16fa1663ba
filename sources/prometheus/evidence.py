"""Makes an Event from a change of one measure of one service."""

from collections.abc import Mapping

from msgspec import Struct

from collector.event import Event, Identity, Subject
from sources.fact import Fact
from sources.prometheus.changes import Change
from sources.prometheus.plot import Plot
from sources.prometheus.services import owner
from sources.promql.series import Extent, graph, instant


class Evidence(Struct, frozen=True):
    """The common parts of the two Events of one episode."""

    source: str
    extent: Extent
    subject: Subject
    measure: str
    metric: str
    index: int
    """Index of the episode among those of this metric and service."""
    query: str
    plot: Plot

    def event(self, fact: Fact, change: Change, numbers: Mapping[str, float], place: int = 0) -> Event:
        """The Event of one end of the episode, or of a change between them: the `place`th, from 1 on."""
        identity = f"{self.metric}-{owner(self.subject)}-{self.index}"
        return Event(
            kind=fact.kind,
            at=instant(change.at),
            earliest=instant(change.earliest),
            latest=instant(change.latest),
            summary=fact.words,
            source=self.source,
            native_id=f"{identity}/{fact.kind.value}{f'/{place}' if place else ''}",
            subject=self.subject,
            keys=Identity(measure=self.measure, episode=f"{identity}/{fact.kind.value.partition('.')[0]}"),
            numbers=numbers,
            url=graph(self.extent.base, self.query, change.at),
            query=self.query,
            plot=self.plot,
            merge_key=fact.merge_key,
        )


def width(step: float) -> int:
    """Seconds of a query range that contains several scrapes."""
    return int(max(60, 4 * step))
