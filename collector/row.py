"""Makes one row of the Facts that stand under it."""

from collections.abc import Iterable
from datetime import datetime

from collector.event import Kind, order
from collector.merge import Fact
from collector.timeline import Row, row_id


def row(kind: Kind, at: datetime, text: str, service: str, facts: Iterable[Fact], end: datetime | None = None) -> Row:
    """A row with all Events of the Facts, each once and in order."""
    once = {id(event): event for fact in facts for event in fact.events}
    events = tuple(sorted(once.values(), key=order))
    return Row(id=row_id(kind, events), at=at, end=end, text=text, kind=kind, service=service, events=events)
