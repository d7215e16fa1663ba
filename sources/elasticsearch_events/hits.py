"""The documents in an answer to a search, and what the answer lacks."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from collector.source import BadAnswer, Document, Gap, each
from sources.cluster.fields import get
from sources.text import one_line


class Hit(Struct, frozen=True):
    """One document."""

    index: str
    id: str
    sort: int
    """Milliseconds since 1970."""
    source: Mapping[str, Any]


def hits(document: Document) -> Iterator[Hit | Gap]:
    """All documents of one answer."""
    try:
        body = document.json()
    except BadAnswer as error:
        yield Gap(error.reason)
        return
    yield from each(get(body, "hits", "hits"), _hit, f"{document.call} of the search")
    failed, total = get(body, "_shards", "failed"), get(body, "_shards", "total")
    if isinstance(failed, int) and failed > 0:
        yield Gap(f"the answer is partial, {failed} of {total} shards failed{_why(body)}", "is the store healthy?")
    if absent := _absent_clusters(body):
        yield Gap(
            f"the answer is partial, it lacks {absent}", "are these clusters connected to the one that was asked?"
        )
    if get(body, "timed_out") is True:
        yield Gap("the answer is partial, the search timed out", "ask for a shorter window")
    if total == 0 and isinstance(total, int):
        yield Gap("no index has the name asked for", "see `index`")


def _hit(item: Mapping[str, Any]) -> Iterator[Hit]:
    source = item["_source"]
    if not isinstance(source, dict):
        raise TypeError("no document")
    yield Hit(str(item["_index"]), str(item["_id"]), int(item["sort"][0]), source)


def _absent_clusters(body: Any) -> str:
    """The remote clusters that are missing in a cross-cluster search, in words; it may skip a cluster silently."""
    of = get(body, "_clusters")
    lacking = sum(n for name in ("skipped", "partial", "failed") if isinstance(n := get(of, name), int) and n > 0)
    details = get(of, "details")
    states = {name: get(one, "status") for name, one in details.items()} if isinstance(details, dict) else {}
    named = sorted(one_line(name)[:60] for name, state in states.items() if state in ("skipped", "partial", "failed"))
    if not lacking:
        return ""
    shown = f": {', '.join(named[:3])}" if named else ""
    return f"{lacking} of {get(of, 'total')} clusters or parts of them{shown}"


def _why(body: Any) -> str:
    failures = get(body, "_shards", "failures")
    reason = get(failures[0], "reason", "reason") if isinstance(failures, list) and failures else None
    return f": {one_line(reason)[:200]}" if isinstance(reason, str) else ""
