"""Runs the sources side by side. No source can stop, delay past its deadline, or crash another."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from collector.coverage import Coverage
from collector.event import Event
from collector.guarded import guarded
from collector.jobs import side_by_side
from collector.known import KnownNamespaces, QueryPage
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap, SameService, Seen, Source
from collector.tally import Tally
from collector.window import Window

_NO_DEADLINE = 7 * 24 * 3600.0

Feed: TypeAlias = Callable[[Source, Deadline], Iterable[Document | Gap]]
"""Yields the documents of a source, from its own fetch or from a bundle."""
Keep: TypeAlias = Callable[[str, Document | Gap], None]
"""Called with the source's name and everything its feed gave, already without secrets, to capture it."""
Progress: TypeAlias = Callable[[str, int, str], None]
"""Called with the source's name, the number of its documents so far, and the request that the last one answers."""

_AHEAD = 2
"""How many documents a feed may be ahead of its reader; this limits the memory."""
_POLL_SECONDS = 0.2
"""Seconds between two checks for an interruption by the user."""
_GRACE = 1.0
"""Seconds past its deadline in which a source can itself report what it did not finish."""
_READING = 60.0
"""Seconds past its deadline in which a source's documents must be read; a crafted document may take for ever."""


class Gathered(Struct, frozen=True):
    """Everything the sources gave, in the order in which they were configured."""

    events: tuple[Event, ...]
    coverage: tuple[Coverage, ...]
    names: tuple[SameService, ...] = ()
    """Names that belong to one service, as the systems report them."""
    query_pages: tuple[QueryPage, ...] = ()
    """Where readers can repeat queries of other sources."""
    namespaces: tuple[KnownNamespaces, ...] = ()
    unfinished: tuple[str, ...] = ()
    """The sources that were still being asked when somebody interrupted the run."""


def gather(
    sources: Sequence[Source],
    window: Window,
    feed: Feed,
    scrubber: Scrubber,
    keep: Keep | None = None,
    progress: Progress | None = None,
    *,
    deadlines: bool = True,
) -> Gathered:
    """Feed and read all sources at once. Never raises because of a source: its coverage reports the failure.

    Without `deadlines` each source may take as long as it needs, so a replay never depends on the speed of the machine.
    A KeyboardInterrupt ends the wait: the result has everything that came until then, and the `unfinished` sources.
    """
    stop = threading.Event()
    tallies = [Tally(source, Deadline(source.deadline if deadlines else _NO_DEADLINE)) for source in sources]
    by_name = {tally.source.name: tally for tally in tallies}

    def run(tally: Tally) -> None:
        given = _pump(tally.source, feed, tally.deadline)
        documents = _documents(tally, given, scrubber, keep or _ignore, progress or _ignore, stop)
        given_by: Iterable[Event | Gap | Seen | SameService | QueryPage | KnownNamespaces] = tally.source.read(
            documents, window
        )
        for found in guarded(given_by):
            if tally.abandoned:
                return
            if isinstance(found, Gap):
                tally.read_gaps.append(_clean_gap(found, scrubber))
            elif isinstance(found, Seen):
                tally.seen.append(found)
            elif isinstance(found, SameService):
                tally.names.append(found)
            elif isinstance(found, QueryPage):
                tally.query_pages.append(found)
            elif isinstance(found, KnownNamespaces):
                tally.namespaces.append(found)
            else:
                tally.events.append(found)
        # A reader that stops early leaves documents that must still be captured.
        for _ in documents:
            pass

    def abandon(name: str) -> bool:
        tally = by_name[name]
        if tally.deadline.overdue() < _READING:
            return False
        tally.abandoned = True
        reason = f"what it answered could not be read within {_READING:g} s past its deadline"
        tally.read_gaps.append(Gap(reason, "ask for a narrower window, or report what takes so long", fatal=True))
        return True

    unfinished = side_by_side({name: partial(run, tally) for name, tally in by_name.items()}, stop, abandon)
    return Gathered(
        unfinished=tuple(unfinished),
        events=tuple(event for tally in tallies for event in tally.events),
        coverage=tuple(tally.coverage() for tally in tallies),
        names=tuple(name for tally in tallies for name in tally.names),
        namespaces=tuple(known for tally in tallies for known in tally.namespaces),
        query_pages=tuple(page for tally in tallies for page in tally.query_pages),
    )


def _pump(source: Source, feed: Feed, deadline: Deadline) -> "queue.Queue[Document | Gap | None]":
    """Start feeding in a thread of its own, so that a feed that hangs can be left behind. None ends the feed."""
    given: queue.Queue[Document | Gap | None] = queue.Queue(_AHEAD)

    def pump() -> None:
        for item in guarded(feed(source, deadline)):
            given.put(item)
            # A page is large: do not keep it while waiting for the next one.
            del item
        given.put(None)

    threading.Thread(target=pump, name=f"fetch {source.name}", daemon=True).start()
    return given


def _documents(
    tally: Tally,
    given: "queue.Queue[Document | Gap | None]",
    scrubber: Scrubber,
    keep: Keep,
    progress: Progress,
    stop: threading.Event,
) -> Iterator[Document]:
    name, deadline = tally.source.name, tally.deadline
    while not tally.abandoned:
        try:
            item = given.get(timeout=min(_POLL_SECONDS, deadline.remaining() + _GRACE))
        except queue.Empty:
            if stop.is_set():
                tally.fetch_gaps.append(Gap("interrupted before it had answered everything", fatal=True))
                return
            if deadline.overdue() < _GRACE:
                continue
            late = Gap(f"no answer within {deadline.seconds:g} s", "raise `deadline` of this source", fatal=True)
            tally.fetch_gaps.append(late)
            keep(name, late)
            return
        if item is None:
            return
        if isinstance(item, Gap):
            gap = _clean_gap(item, scrubber)
            tally.fetch_gaps.append(gap)
            keep(name, gap)
            continue
        document = _clean(item, scrubber)
        del item
        keep(name, document)
        tally.documents += 1
        tally.pages[document.call] = tally.pages.get(document.call, 0) + 1
        progress(name, tally.documents, document.asked)
        yield document
        del document


def _ignore(*given: object) -> None:
    """Used if nobody asked to keep documents or to see the progress."""


def _clean_gap(gap: Gap, scrubber: Scrubber) -> Gap:
    return replace(gap, reason=scrubber.scrub(gap.reason), hint=scrubber.scrub(gap.hint))


def _clean(document: Document, scrubber: Scrubber) -> Document:
    asked, text = scrubber.scrub(document.asked), scrubber.scrub(document.text)
    # The decoded content may still contain a secret that was masked in the text.
    return replace(document, asked=asked, text=text, content=document.content if text == document.text else None)
