"""A Loki as far as its range queries go, with the paging that its documentation has.

`start` is inclusive, `end` exclusive, both in nanoseconds; `limit` counts lines over all streams, those of one
nanosecond in no order; more than `max_entries` asked for is refused with 400 and plain text; without a tenant it
answers 401, `no org id`. Streams are selected by their labels, lines by filters of all four kinds. Counts over time
are of the lines after each step's begin and until its end; a step without lines has no sample.
"""

import random
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

TENANT = "shop"
_TEXT = r'("(?:[^"\\]|\\.)*"|`[^`]*`)'
_QUERY = re.compile(rf"\{{[^}}]*\}}(?: (?:\|=|!=|\|~|!~) {_TEXT})*")
_MATCHER = re.compile(rf"([\w.]+)\s*(=~|!~|!=|=)\s*{_TEXT}")
_FILTER = re.compile(rf" (\|=|!=|\|~|!~) {_TEXT}")
_COUNT = re.compile(r"sum\(count_over_time\((.*) \[(\d+)s\]\)\)")
Line = tuple[int, dict[str, str], str]
"""Nanoseconds, labels, line."""


class Loki(Struct):
    """What it holds, and what it was asked."""

    lines: list[Line]
    max_entries: int = 5000
    counting: bool = True
    """Whether it can count: over much data it may time out."""
    asked: list[Mapping[str, str]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    def __call__(self, path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, Any]:
        """Status and body."""
        self.asked.append(params)
        self.headers.append(headers)
        if headers.get("x-scope-orgid") != TENANT:
            return 401, "no org id\n"
        if path != "/loki/api/v1/query_range":
            return 404, "404 page not found\n"
        counted = _COUNT.fullmatch(params["query"])
        query = counted[1] if counted else params["query"]
        if not _QUERY.fullmatch(query):
            return 400, "parse error at line 1, col 1: syntax error: unexpected IDENTIFIER\n"
        start, end = int(params["start"]), int(params["end"])
        if counted:
            if not self.counting:
                return 422, "query timed out\n"
            return 200, _counts(self.selected(query), start, end, int(params["step"]), int(counted[2]))
        limit = int(params.get("limit", "100"))
        if limit > self.max_entries:
            return 400, (
                "max entries limit per query exceeded, limit > max_entries_limit_per_query "
                f"({limit} > {self.max_entries})\n"
            )
        found = [one for one in self.selected(query) if start <= one[0] < end]
        random.Random(len(self.asked)).shuffle(found)
        found.sort(key=lambda one: one[0], reverse=params.get("direction", "backward") == "backward")
        return 200, answer(found[:limit])

    def selected(self, query: str) -> list[Line]:
        """The lines that a query selects."""
        selector, _, filters = query.partition("}")
        labels = [(name, how, _unquoted(text)) for name, how, text in _MATCHER.findall(selector)]
        words = [(how, _unquoted(text)) for how, text in _FILTER.findall(filters)]
        return [
            one
            for one in self.lines
            if all(
                _holds(how, f"^(?:{text})$", text == one[1].get(name, ""), one[1].get(name, ""))
                for name, how, text in labels
            )
            and all(_holds(how, text, text in one[2], one[2]) for how, text in words)
        ]


def _holds(how: str, pattern: str, plain: bool, value: str) -> bool:
    holds = plain if how in ("=", "|=", "!=") else bool(re.search(pattern, value))
    return holds is not how.startswith("!")


def _unquoted(text: str) -> str:
    return text[1:-1] if text.startswith("`") else re.sub(r"\\(.)", r"\1", text[1:-1])


def _counts(lines: list[Line], start: int, end: int, step: int, over: int) -> dict[str, Any]:
    """`start`, `end`, `step` and `over` in seconds."""
    counted: Counter[int] = Counter()
    for at, _, _ in lines:
        first = start + max(0, -(-(at - start * 10**9) // (step * 10**9))) * step
        for time in range(first, min(end, at // 10**9 + over) + 1, step):
            counted[time] += time * 10**9 - over * 10**9 < at <= time * 10**9
    values = [[time, str(number)] for time, number in sorted(counted.items()) if number]
    result = [{"metric": {}, "values": values}] if values else []
    return {"status": "success", "data": {"resultType": "matrix", "result": result, "stats": {"summary": {}}}}


def answer(lines: list[Line]) -> dict[str, Any]:
    """The body with these lines."""
    streams: dict[tuple[tuple[str, str], ...], list[list[str]]] = {}
    for at, labels, line in lines:
        streams.setdefault(tuple(sorted(labels.items())), []).append([str(at), line])
    result = [{"stream": dict(labels), "values": values} for labels, values in streams.items()]
    return {"status": "success", "data": {"resultType": "streams", "result": result, "stats": {"summary": {}}}}
