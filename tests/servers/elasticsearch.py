"""An Elasticsearch, or OpenSearch, as far as a search sorted by one time goes, as both document it.

The question is in `source`. Sorted by a date, each hit has its milliseconds in `sort`; hits of one time come in the
order of internal ids, which differs from replica to replica; more than 10,000 hits at once are refused; an index
name with `*` that matches nothing is no error.
"""

import json
import random
from collections.abc import Mapping
from datetime import datetime
from fnmatch import fnmatch
from typing import Any

from msgspec import Struct, field


class Elasticsearch(Struct):
    """What it holds, and what it was asked."""

    documents: list[tuple[str, str, dict[str, Any]]]
    """Index, id, source."""
    window: int = 10_000
    """`index.max_result_window`."""
    shards: dict[str, Any] = field(default_factory=lambda: {"total": 2, "successful": 2, "skipped": 0, "failed": 0})
    timed_out: bool = False
    clusters: dict[str, Any] | None = None
    """The part of its answers about remote clusters, if it searches any."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    def __call__(self, path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, Any]:
        """Status and body."""
        index, _, call = path.strip("/").partition("/")
        question = json.loads(params["source"])
        self.asked.append(question)
        self.headers.append(headers)
        ours = [one for one in self.documents if fnmatch(one[0], index)]
        if call != "_search" or params.get("source_content_type") != "application/json":
            return 405, {"error": "Incorrect HTTP method", "status": 405}
        if not ours and "*" not in index:
            return 404, _error("index_not_found_exception", f"no such index [{index}]", 404)
        if question["size"] > self.window:
            said = f"Result window is too large, from + size must be less than or equal to: [{self.window}]"
            return 400, _error("illegal_argument_exception", said, 400)
        ((path_, order),) = question["sort"][0].items()
        assert order == {"order": "asc", "unmapped_type": "date", "numeric_type": "date"}
        found = [one for one in ours if _holds(one[2], question["query"])]
        random.Random(len(self.asked)).shuffle(found)
        found.sort(key=lambda one: _milliseconds(_at(one[2], path_)) or 0)
        hits = [
            {
                "_index": one[0],
                "_id": one[1],
                "_score": None,
                "_source": _only(one[2], question["_source"]),
                "sort": [_milliseconds(_at(one[2], path_))],
            }
            for one in found[: question["size"]]
        ]
        shards = {"total": 0, "successful": 0, "skipped": 0, "failed": 0} if not ours else self.shards
        return 200, {
            "took": 3,
            "timed_out": self.timed_out,
            "_shards": shards,
            **({"_clusters": self.clusters} if self.clusters else {}),
            "hits": {"max_score": None, "hits": hits},
        }


def _holds(source: dict[str, Any], query: dict[str, Any]) -> bool:
    ((kind, what),) = query.items()
    if kind == "bool":
        denied = any(_holds(source, each) for each in what.get("must_not", ()))
        some = not what.get("should") or any(_holds(source, each) for each in what["should"])
        return some and not denied and all(_holds(source, each) for each in what.get("filter", ()))
    if kind == "query_string":
        path, _, value = what["query"].partition(":")
        return bool(_at(source, path) == value)
    if kind == "exists":
        return _at(source, what["field"]) is not None
    ((path, value),) = what.items()
    if kind == "match":
        return bool(_at(source, path) == value)
    assert kind == "range"
    assert value["format"] == "epoch_millis"
    at = _milliseconds(_at(source, path))
    return at is not None and value["gte"] <= at <= value["lte"]


def _at(source: Any, path: str) -> Any:
    """The value; a key may contain dots itself, as those of attributes do."""
    if not isinstance(source, dict):
        return None
    if path in source:
        return source[path]
    parts = path.split(".")
    for count in range(1, len(parts)):
        found = _at(source.get(".".join(parts[:count])), ".".join(parts[count:]))
        if found is not None:
            return found
    return None


def _matching(source: dict[str, Any], paths: Mapping[str, list[str]], before: str = "") -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in source.items():
        path = f"{before}{key}"
        if any(fnmatch(path, pattern) for pattern in paths["excludes"]):
            continue
        whole = any(fnmatch(path, pattern) for pattern in paths["includes"])
        inner = (
            _matching(value, {**paths, "includes": ["*"]} if whole else paths, f"{path}.")
            if isinstance(value, dict)
            else value
        )
        if whole or (isinstance(inner, dict) and inner):
            kept[key] = inner
    return kept


def _only(source: dict[str, Any], paths: Any) -> dict[str, Any]:
    if isinstance(paths, dict):
        return _matching(source, paths)
    kept: dict[str, Any] = {}
    for path in paths:
        value = _at(source, path)
        *parents, last = path.split(".")
        place = kept
        for key in parents:
            place = place.setdefault(key, {})
        if value is not None:
            place[last] = value
    return kept


def _milliseconds(stamp: Any) -> int | None:
    return None if stamp is None else int(datetime.fromisoformat(stamp).timestamp() * 1000)


def _error(kind: str, reason: str, status: int) -> dict[str, Any]:
    cause = {"type": kind, "reason": reason}
    return {
        "error": {"root_cause": [cause], "type": "search_phase_execution_exception", "reason": ""},
        "status": status,
    }
