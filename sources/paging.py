"""Listings in chronological order, from stores that limit the items of an answer."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from collector.source import Document, Gap

MAX_PAGES = 200
"""Maximum pages of one listing, in case a server's pages never end."""


class Page(Struct, frozen=True):
    """The parts of an answer that paging needs."""

    document: Document
    times: Sequence[int]
    """Times of the items, in the unit of the store's queries."""
    cut: bool
    """It has as many items as the limit allows, so there may be more."""


def pages(ask: Callable[[int, int], Page], call: str, start: int, limits: Sequence[int]) -> Iterator[Document | Gap]:
    """Every answer needed for the items since `start`; an item may be in several of them.

    `ask` takes the earliest time and a limit, and returns the oldest items first. Each page begins with the last time
    of the page before, because more items may have that time. Thus nothing is lost if items of the same time come in a
    different order each time, and the server need not keep a cursor open. If items of one time fill a page, the next
    request has a higher limit. Items that cannot be reached are a Gap.
    """
    level = 0
    for _ in range(MAX_PAGES):
        page = ask(start, limits[level])
        yield page.document
        if not page.cut:
            return
        last = max(page.times, default=start)
        if last > start:
            start, level = last, 0
        elif level + 1 < len(limits):
            level += 1
        else:
            yield Gap(f"{call}: so many at one moment that some of them were left out")
            start, level = start + 1, 0
    yield Gap(f"{call}: truncated after {MAX_PAGES} pages", "ask for a shorter window, or narrow `query`")
