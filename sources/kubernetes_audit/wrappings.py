"""Finds the audit entries in a line of a log, whatever shippers and clouds have wrapped around them."""

import contextlib
import json
import re
from collections.abc import Iterator
from typing import Any

from sources.cluster.fields import text
from sources.kubernetes_audit.clouds import from_azure_table, from_google

Json = dict[str, Any]
HOLDERS = (
    *("log", "message", "msg", "line", "body", "_entry", "event", "data", "_raw", "content"),
    *("@message", "value", "logEvents", "events", "results"),
    *("properties", "records", "log_s"),
    *("jsonPayload", "textPayload", "entries"),
    *("_source", "hits"),
)
"""The fields in which shippers and clouds keep an entry or a list of records.

First those of shippers (Docker, fluent-bit, Vector, OpenTelemetry, `pack` of Promtail), then Amazon CloudWatch, Azure
Monitor, Google Cloud Logging, Elasticsearch.
"""
LOOKED_FOR = (
    "JSON with auditID and stage, also behind a time, in a list, or in a field such as log, message, @message,"
    " properties.log, logEvents or records; and Google's protoPayload"
)
"""The forms that `entries_in` understands, in words."""
_DEEP = 6
"""The most wrappings around each other."""
_LONGEST_PREFIX = 200
"""Most characters before the JSON: a time, `2026-04-01T14:00:00.123456789Z stdout F ` of CRI, or a syslog header."""
_BEGIN = re.compile(r"[{\[]")
_decoder = json.JSONDecoder()


def entries_in(line: str) -> list[Json]:
    """The entries in a line, or in a whole document, in the API server's form; empty if there are none."""
    return [entry for value in _decoded(line) for entry in _unwrapped(value, _DEEP)]


def is_entry(value: Any) -> bool:
    """Whether `value` is an entry in the API server's form, with nothing around it."""
    return bool(text(value, "auditID") and text(value, "stage"))


def _unwrapped(value: Any, deep: int) -> Iterator[Json]:
    if isinstance(value, str):
        for inner in _decoded(value) if deep else ():
            yield from _unwrapped(inner, deep - 1)
    elif isinstance(value, list):
        for each in value if deep else ():
            yield from _unwrapped(each, deep - 1)
    elif isinstance(value, dict):
        if is_entry(value):
            yield value
        elif (known := from_google(value) or from_azure_table(value)) is not None:
            yield known
        elif deep:
            for inner in [value[key] for key in HOLDERS if isinstance(value.get(key), str | dict | list)]:
                found = list(_unwrapped(inner, deep - 1))
                if found:
                    # Some shippers keep the original line next to their parsed form.
                    yield from found
                    return


def _decoded(line: str) -> Iterator[Any]:
    """The JSON values in a line, one after the other; nothing if it is not JSON, or is cut off."""
    if line[:1] == '"':
        # A field of a record as tools print it.
        with contextlib.suppress(ValueError, RecursionError):
            yield json.loads(line)
            return
    begin = _BEGIN.search(line, 0, _LONGEST_PREFIX)
    at = begin.start() if begin else len(line)
    while at < len(line):
        try:
            value, at = _decoder.raw_decode(line, at)
        except (ValueError, RecursionError):
            bracket = line[at] == "[" and at < _LONGEST_PREFIX
            # Syslog and klog write `[1234]` before the message.
            begin = _BEGIN.search(line, at + 1, _LONGEST_PREFIX) if bracket else None
            if begin is None:
                return
            at = begin.start()
            continue
        if isinstance(value, dict | list):
            yield value
        while at < len(line) and line[at] in " \t\r\n,\x1e":
            at += 1
        if at < len(line) and line[at] not in "{[":
            # `[1234] {...}`: the rest of a prefix.
            begin = _BEGIN.search(line, at, _LONGEST_PREFIX)
            if begin is None:
                return
            at = begin.start()
