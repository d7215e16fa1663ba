"""Listings of Grafana's, which give the newest first, silently end at a limit, and know no next page."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from collector.source import Document, Gap

LIMITS = (1000, 5000)
"""Items to ask for at once: as a rule, and where so many are of one moment that time does not separate them.

Without a limit Grafana gives 100; of what it keeps in Loki it never gives more than 5000.
"""
_USUAL_LIMITS = frozenset({100, 200, 250, 500, 1000, 2000})
"""An answer with just so many items may be cut by a limit that is not ours: the server's own, or a proxy's."""
MAX_PAGES = 50
"""Of one listing: a bound, also against a server with pages that never end."""


class Page(Struct, frozen=True):
    """What is in one answer, as far as paging needs it."""

    count: int
    """Items in it, whether they can be read or not."""
    ends: Sequence[int]
    """For each readable item the smallest `to` with which it would still be given."""

    def whole_from(self, limit: int) -> int | None:
        """The `to` from which on nothing is missing in this page; None if nothing is missing at all.

        Counted from the newest, since an answer may join several of up to `limit` items each.
        """
        if not self.ends or (self.count < limit and self.count not in _USUAL_LIMITS):
            return None
        return sorted(self.ends, reverse=True)[min(limit, len(self.ends)) - 1]


def pages(
    ask: Callable[[int, int], Document], page: Callable[[Document], Page], call: str, start: int, to: int
) -> Iterator[Document | Gap]:
    """Every answer needed for the items between `start` and `to`; an item may be in several of them.

    `ask` takes `to` and a limit. What cannot be reached is a Gap.
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
            # Those that last longer than to `to` would fill every page to come as well.
            if whole_from > to:
                return
            to, level = to - 1, 0
    yield Gap(f"{call}: truncated after {MAX_PAGES} pages", "ask for a later or a shorter window")
