"""Grafana's listings, which begin with the newest item, silently end at a limit, and have no next page."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from collector.source import Document, Gap

LIMITS = (1000, 5000)
"""Items per request: usually, and if so many have the same time that it does not separate them.

Without a limit Grafana returns 100; from a history in Loki it never returns more than 5000.
"""
_USUAL_LIMITS = frozenset({100, 200, 250, 500, 1000, 2000})
"""An answer with exactly this many items may be cut by another limit: the server's or a proxy's."""
MAX_PAGES = 50
"""Maximum pages of one listing, in case a server's pages never end."""


class Page(Struct, frozen=True):
    """The parts of an answer that paging needs."""

    count: int
    """Number of items in it, readable or not."""
    ends: Sequence[int]
    """For each readable item, the smallest `to` that would still return it."""

    def whole_from(self, limit: int) -> int | None:
        """The `to` from which on this page is complete; None if nothing is missing at all.

        Counted from the newest item, since an answer may combine several lists of up to `limit` items each.
        """
        if not self.ends or (self.count < limit and self.count not in _USUAL_LIMITS):
            return None
        return sorted(self.ends, reverse=True)[min(limit, len(self.ends)) - 1]


def pages(
    ask: Callable[[int, int], Document], page: Callable[[Document], Page], call: str, start: int, to: int
) -> Iterator[Document | Gap]:
    """Every answer needed for the items between `start` and `to`; an item may be in several of them.

    `ask` takes `to` and a limit. Items that cannot be reached are a Gap.
    """
    level = 0
    for _ in range(MAX_PAGES):
        document = ask(to, LIMITS[level])
        yield document
        whole_from = page(document).whole_from(LIMITS[level])
        if whole_from is None or whole_from < start:
            return
        if whole_from < to:
            to, level = whole_from, 0
        elif level + 1 < len(LIMITS):
            level += 1
        else:
            yield Gap(f"{call}: so many at one moment that some of them were left out")
            # Items that last beyond `to` would fill all further pages too.
            if whole_from > to:
                return
            to, level = to - 1, 0
    yield Gap(f"{call}: truncated after {MAX_PAGES} pages", "ask for a later or a shorter window")
