"""Systems that answer what is kept of a real one: found by path, by the operation of AWS, or in the log in Loki."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.servers import cbor
from tests.sources.contract import recorded
from tests.sources.prometheus.server import Reply

Replying = Callable[[str, Mapping[str, str]], Reply]
Change = Callable[[str], str]
_JSON = {"Content-Type": "application/json"}
_NONE: Reply = 404, _JSON, '{"message": "Not Found"}'
_GROUP = re.compile(r"/apis/[\w.-]+")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")
_LISTED = (
    ("deployments/", "GetDeployment"),
    ("deployments", "ListDeployments"),
    ("environments", "ListEnvironments"),
    ("applications", "ListApplications"),
)
"""The operations of AppConfig, by the end of the path."""


def playing(type_: str, change: Change = str) -> Replying:
    """Answers with what is kept of that type, each answer changed; what nothing is kept of is not there."""
    return {"aws": _aws, "kubernetes-audit": _loki}.get(type_, _by_path)(type_, change)


def answers(type_: str) -> list[tuple[str, dict[str, list[str]], str]]:
    """Path, parameters and text of each answer that is kept of a real system."""
    found = []
    for document in recorded(type_):
        parts = urlsplit(document.asked.partition(" ")[2])
        found.append((parts.path, parse_qs(parts.query), document.text))
    return found


def _by_path(type_: str, change: Change) -> Replying:
    """With what is kept for the same path, that with the most parameters in common."""
    kept = answers(type_)

    def reply(path: str, _: Mapping[str, str]) -> Reply:
        parts = urlsplit(path)
        if _GROUP.fullmatch(parts.path):
            return 200, _JSON, json.dumps({"versions": [{"version": name} for name in ("v1", "v2")]})
        wanted = parse_qs(parts.query)
        same = [one for one in kept if parts.path.endswith(one[0]) or one[0].endswith(parts.path)]
        if not same:
            return _NONE
        best = max(same, key=lambda one: sum(wanted.get(name) == values for name, values in one[1].items()))
        return 200, _JSON, change(best[2])

    return reply


def _aws(type_: str, change: Change) -> Replying:
    """With the first page of what is kept of the same operation."""
    kept: dict[tuple[str, str], str] = {}
    for document in recorded(type_):
        answer = json.dumps(document.json()["answer"])
        kept.setdefault((document.call.partition(".")[0], document.asked.split(" ")[2]), answer)

    def reply(path: str, headers: Mapping[str, str]) -> Reply:
        way, target = urlsplit(path).path, headers.get("X-Amz-Target", "")
        if target:
            service, operation = "ecs", target.partition(".")[2]
        elif "/operation/" in way:
            service, operation = "codedeploy", way.rpartition("/")[2]
        else:
            end = re.sub(r"\d+$", "", way)
            service, operation = "appconfig", next((name for last, name in _LISTED if end.endswith(last)), "")
        text = kept.get((service, operation))
        return (200, _JSON, change(text)) if text else _NONE

    return reply


def in_cbor(reply: Reply, headers: Mapping[str, str]) -> Reply:
    """The same reply as AWS gives it to who asks in CBOR: times are no texts there."""
    status, given, text = reply
    if (
        headers.get("smithy-protocol") != "rpc-v2-cbor"
        or status != 200
        or given.get("Content-Type") != _JSON["Content-Type"]
    ):
        return reply
    try:
        data = cbor.encode(_timed(json.loads(text)))
    except ValueError:
        return reply
    known = {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
    return status, {**given, **known}, data.decode("utf-8", "surrogateescape")


def _timed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _timed(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_timed(item) for item in value]
    if isinstance(value, str) and _STAMP.fullmatch(value):
        return datetime.fromisoformat(value).astimezone(UTC)
    return value


def _loki(type_: str, change: Change) -> Replying:
    """With the entries that are kept as lines of Loki, and with how many there were."""
    kept = recorded(type_)
    counts = next(document.json()["data"] for document in kept if document.call == "counts")
    entries = [entry for document in kept if document.call == "entries" for entry in document.json()["entries"]]
    lines = [[str(_nanoseconds(entry["stageTimestamp"])), json.dumps(entry)] for entry in entries]
    streams = {"resultType": "streams", "result": [{"stream": {"job": "audit"}, "values": lines}]}

    def reply(path: str, _: Mapping[str, str]) -> Reply:
        parts = urlsplit(path)
        if not parts.path.endswith("/query_range"):
            return _NONE
        counted = parse_qs(parts.query)["query"][0].startswith("sum(")
        data = {"resultType": "matrix", **counts} if counted else streams
        return 200, _JSON, change(json.dumps({"status": "success", "data": data}))

    return reply


def _nanoseconds(stamp: str) -> int:
    return int(datetime.fromisoformat(stamp).timestamp()) * 10**9
