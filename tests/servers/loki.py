"""A Loki as far as its range queries over lines go, with the paging that its documentation has.

`start` is inclusive, `end` exclusive, both in nanoseconds; `limit` counts lines over all streams, those of one
nanosecond in no order; more than `max_entries` asked for is refused with 400 and plain text; without a tenant it
answers 401, `no org id`.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TENANT = "shop"
_QUERY = re.compile(r'(\{[^}]*\})((?: \|= "[^"]*")*)')


@dataclass(slots=True)
class Loki:
    """What it holds, and what it was asked."""

    lines: list[tuple[int, dict[str, str], str]]
    """Nanoseconds, labels, line."""
    max_entries: int = 5000
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
        query = _QUERY.fullmatch(params["query"])
        if query is None:
            return 400, "parse error at line 1, col 1: syntax error: unexpected IDENTIFIER\n"
        limit = int(params.get("limit", "100"))
        if limit > self.max_entries:
            return 400, (
                "max entries limit per query exceeded, limit > max_entries_limit_per_query "
                f"({limit} > {self.max_entries})\n"
            )
        words = re.findall(r'\|= "([^"]*)"', query[2])
        start, end = int(params["start"]), int(params["end"])
        found = [one for one in self.lines if start <= one[0] < end and all(word in one[2] for word in words)]
        random.Random(len(self.asked)).shuffle(found)
        found.sort(key=lambda one: one[0], reverse=params.get("direction", "backward") == "backward")
        return 200, answer(found[:limit])


def answer(lines: list[tuple[int, dict[str, str], str]]) -> dict[str, Any]:
    """The body with these lines."""
    streams: dict[tuple[tuple[str, str], ...], list[list[str]]] = {}
    for at, labels, line in lines:
        streams.setdefault(tuple(sorted(labels.items())), []).append([str(at), line])
    result = [{"stream": dict(labels), "values": values} for labels, values in streams.items()]
    return {"status": "success", "data": {"resultType": "streams", "result": result, "stats": {"summary": {}}}}
