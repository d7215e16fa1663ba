"""The results of one source so far, while it is still being asked."""

from msgspec import Struct, field

from collector.coverage import Coverage
from collector.event import Event
from collector.known import KnownNamespaces, QueryPage
from collector.source import Deadline, Gap, SameService, Seen, Source


class Tally(Struct):
    """The results of one source so far."""

    source: Source
    deadline: Deadline
    abandoned: bool = False
    """Whether it was abandoned because it took too long."""
    documents: int = 0
    pages: dict[str, int] = field(default_factory=dict)
    fetch_gaps: list[Gap] = field(default_factory=list)
    read_gaps: list[Gap] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    names: list[SameService] = field(default_factory=list)
    query_pages: list[QueryPage] = field(default_factory=list)
    namespaces: list[KnownNamespaces] = field(default_factory=list)

    def coverage(self) -> Coverage:
        """The coverage of the source."""
        failed = not self.documents and any(gap.fatal for gap in (*self.fetch_gaps, *self.read_gaps))
        # Without any answer, a reader reports that there is nothing, although nobody looked.
        read = [gap for gap in self.read_gaps if gap.fatal] if failed else self.read_gaps
        return Coverage(
            source=self.source.name,
            type=self.source.type,
            asked=tuple(f"{call} ({n} pages)" if n > 1 else call for call, n in self.pages.items()),
            events=len(self.events),
            gaps=(*self.fetch_gaps, *read),
            failed=failed,
            seen=tuple(self.seen),
        )
