"""The operations that Events report: each request, and the end that followed it."""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from sources.argocd.items import Initiator
from sources.argocd.notices import Notice

_STARTS = ("asked", "automated", "rollback")


class Operated(Struct, frozen=True):
    """One operation according to Events, with at least its start or its end."""

    first: Notice
    """Its start, else its end."""
    end: Notice | None = None
    ended_by: str = ""
    """Who terminated it."""

    @property
    def start(self) -> Notice | None:
        """The request by somebody, or by the controller."""
        return None if self.first is self.end else self.first

    @property
    def by(self) -> Initiator:
        """Who requested it."""
        return Initiator(self.start.user, self.start.what == "automated") if self.start else Initiator()

    @property
    def back_to(self) -> str:
        """The history entry that somebody rolled back to."""
        return self.start.back_to if self.start else ""

    @property
    def partial(self) -> bool:
        """Whether it was limited to some resources."""
        return self.end.partial if self.end is not None else bool(self.start and self.start.partial)

    @property
    def revision(self) -> str:
        """The applied revision."""
        return (self.end.revision if self.end else "") or (self.start.revision if self.start else "")


def operated(notices: Iterable[Notice]) -> Iterator[Operated]:
    """The operations of one Application, in order; it has at most one at a time."""
    under_way: Operated | None = None
    for notice in sorted(notices, key=lambda one: (one.at, one.what not in _STARTS, one.uid)):
        if notice.what in _STARTS:
            if under_way is not None:
                yield under_way
            under_way = Operated(notice)
        elif notice.what == "terminated" and under_way is not None:
            under_way = replace(under_way, ended_by=notice.user or "somebody")
        elif notice.what == "ended":
            yield replace(under_way, end=notice) if under_way is not None else Operated(notice, notice)
            under_way = None
    if under_way is not None:
        yield under_way
