"""Listings in the order of time, from stores whose answers end at a limit."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from collector.source import Document, Gap

MAX_PAGES = 200
"""Of one question: a bound, also against a server whose pages never end."""


class Page(Struct, frozen=True):
    """One answer, as far as paging needs it."""

    document: Document
    times: Sequence[int]
    """Of its items, in the unit that the store asks by."""
    cut: bool
    """It has as many as the limit allows: there may be more."""


def pages(ask: Callable[[int, int], Page], call: str, start: int, limits: Sequence[int]) -> Iterator[Document | Gap]:
    """Every answer needed for the items since `start`; an item may be in several of them.

    `ask` takes the earliest time and a limit, and gives the oldest items first. The next page begins with the last
    time of the one before, since more items may be of that time: so nothing is lost if items of one time come in
    another order each time, and nothing needs to be kept open on the server. Where they fill a page, more are asked
    for at once. What cannot be reached is a Gap.
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
