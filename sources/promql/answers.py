"""Collects documents: checks their envelopes and joins the pages of each question."""

import contextlib
import gc
from collections.abc import Iterator
from typing import Any

import numpy as np

from collector.source import BadAnswer, Document, Gap, each
from sources.promql import external_url
from sources.promql.limits import how_many
from sources.promql.names import names_in_question
from sources.promql.series import Asked, Extent, Series, asked, joined, parsed
from sources.promql.sorted_numbers import distinct
from sources.text import one_line

_Labels = tuple[tuple[str, str], ...]


class Answers:
    """Collects documents one by one, so that only their numbers need memory."""

    def __init__(self) -> None:
        """No document is known yet."""
        self.names: list[str] | None = None
        """The requested metrics that exist; None if that question was not answered."""
        self.looked_for: set[str] = set()
        """The requested metrics."""
        self.candidates: list[str] = []
        """Names of other metrics that may have been meant."""
        self.counts: dict[str, int] = {}
        """Number of series of each counter, by selector."""
        self.dropped: dict[str, int] = {}
        """Number of samples of each counter that are no counts, or outside the requested time, by selector."""
        self._external = ""
        self._pieces: dict[tuple[str, str], dict[_Labels, list[Series]]] = {}
        self._asked: list[Asked] = []
        self._arrived: list[float] = []
        self._warnings: dict[str, set[str]] = {}

    def add(self, document: Document) -> Iterator[Gap]:
        """Add one document; returns the Gaps for its unreadable parts."""
        with _uncollected():
            gaps = list(self._added(document))
        yield from gaps

    def _added(self, document: Document) -> Iterator[Gap]:
        if document.call == external_url.CALL:
            self._external = external_url.external_url(document)
            return
        try:
            body, question = document.json(), asked(document.asked)
            result = body["data"] if document.call in ("names", "nearest") else body["data"]["result"]
        except BadAnswer as error:
            yield Gap(error.reason, error.hint)
            return
        except (KeyError, TypeError, ValueError, IndexError, OverflowError):
            yield Gap(f"{document.call}: the answer has not the shape that is documented, and was left out")
            return
        self._collect_warnings(body, document.call)
        self._asked.append(question)
        self._arrived.append(document.at.timestamp())
        if document.call == "names":
            self.names = _texts(result)
            self.looked_for = names_in_question(document.asked)
        elif document.call == "nearest":
            self.candidates = _texts(result)
        elif document.call == "unreported":
            # This answer only decided which further questions to ask.
            return
        elif document.call == "series":
            self.counts[question.query] = how_many(result)
        else:
            yield from self._take(result, question, document.call)

    def add_warnings(self, document: Document) -> None:
        """Add only the warnings of a document that is read elsewhere."""
        try:
            body = document.json()
        except BadAnswer:
            return
        if isinstance(body, dict):
            self._collect_warnings(body, document.call)

    def series(self, call: str, query: str) -> list[Series]:
        """All series of one question, in order of their labels."""
        return [joined(pieces) for _, pieces in sorted(self._pieces.get((call, query), {}).items())]

    def extent(self) -> Extent | None:
        """What the answers cover; None if there are no answers."""
        if not self._asked:
            return None
        # A sampled expression has values even when nothing was scraped.
        pieces = [(call, piece) for call, piece in self._every() if call != "ratio"]
        alive = [piece.values if call == "alive" else piece.times for call, piece in pieces]
        start, end = min(one.start for one in self._asked), max(one.end for one in self._asked)
        times = distinct(np.concatenate(alive)) if alive else np.array([])
        times = times[(times >= start) & (times <= end)]
        steady = any(call != "alerts" and call != "alerts_for_state" for call, _ in self._every())
        return Extent(self._external or self._asked[0].base, start, min(end, max(self._arrived)), times, steady)

    def _every(self) -> Iterator[tuple[str, Series]]:
        for (call, _), found in self._pieces.items():
            for pieces in found.values():
                for piece in pieces:
                    yield call, piece

    def _take(self, result: object, question: Asked, call: str) -> Iterator[Gap]:
        found = self._pieces.setdefault((call, question.query), {})

        spoilt = 0

        def parse(item: Any) -> Iterator[Series]:
            nonlocal spoilt
            for one in parsed(item, question.start, question.end):
                if isinstance(one, Gap):
                    spoilt += 1
                    continue
                if call == "counters":
                    given = len(item.get("values", ())) + len(item.get("histograms", ()))
                    self.dropped[question.query] = self.dropped.get(question.query, 0) + given - len(one.times)
                yield one

        for one in each(result, parse, call):
            if isinstance(one, Gap):
                yield one
            else:
                found.setdefault(tuple(sorted(one.labels.items())), []).append(one)
        if spoilt and isinstance(result, list):
            yield Gap(f"{call}: {spoilt} of {len(result)} have samples that could not be read and were left out")

    def warnings(self) -> Iterator[Gap]:
        """The server's warnings about its answers: partial, truncated, doubtful. Each text once, with its questions."""
        for text, calls in sorted(self._warnings.items()):
            yield Gap(f"{', '.join(sorted(calls))}: {text}", "the server's own warning; its answer may lack something")

    def _collect_warnings(self, body: dict[str, object], call: str) -> None:
        lists = [body.get("warnings"), body.get("infos")]
        texts = [one_line(text) for many in lists if isinstance(many, list) for text in many if isinstance(text, str)]
        if body.get("isPartial") is True:
            texts.append("the answer is partial")
        for text in texts:
            self._warnings.setdefault(text, set()).add(call)


def _texts(value: object) -> list[str]:
    return [one_line(text) for text in value if isinstance(text, str)] if isinstance(value, list) else []


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Pause the garbage collector, which would scan all samples of a page again and again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
