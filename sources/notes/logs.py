"""Lines of logs whose time is not at their beginning: logfmt, web servers, syslog, klog."""

import re
from collections.abc import Sequence

from collector.lazy_pattern import lazy_pattern

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_INSTANT = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?\s?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_LOGFMT = lazy_pattern(
    rf"(?P<before>(?:[\w.@-]+=(?:\"[^\"]*\"|\S*)\s+)*?)(?:time|ts|timestamp|t|at|@timestamp)=(?P<quote>\"?)(?P<time>{_INSTANT})(?P=quote)(?:\s+(?P<rest>.*))?"
)
_WEB_SERVER = lazy_pattern(
    r"(?P<before>\S+\s\S+\s\S+)\s\[(?P<day>[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}):(?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2}\s[+-][0-9]{4})\]\s(?P<rest>.*)"
)
_SYSLOG = lazy_pattern(rf"(?P<before><[0-9]{{1,3}}>[0-9]?)\s?(?P<time>{_INSTANT})\s(?P<rest>.*)")
_KLOG = lazy_pattern(
    r"(?P<before>[IWEF])(?P<month>0[1-9]|1[0-2])(?P<day>[0-3][0-9])\s(?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{1,9})\s+(?P<rest>.*)"
)


def with_log_times_first(lines: Sequence[str]) -> list[str]:
    """The same lines; in those of logs, the time is moved ahead of the rest."""
    return [_moved(line) for line in lines]


def _moved(line: str) -> str:
    text = line.strip()
    # Most lines begin with none of them, and the patterns need not be compiled for those.
    if not re.match(r"<[0-9]|[IWEF][0-9]{4}\s|\S+=|\S+\s\S+\s\S+\s\[[0-9]{2}/", text):
        return line
    for pattern in (_LOGFMT, _WEB_SERVER, _SYSLOG, _KLOG):
        found = pattern.fullmatch(text)
        if found is not None:
            return " ".join(filter(None, (_time(found), found["before"].strip(), found["rest"])))
    return line


def _time(found: re.Match[str]) -> str:
    parts = found.groupdict()
    if "month" in parts:
        return f"{_MONTHS[int(parts['month']) - 1]} {int(parts['day'])} {parts['time']}"
    return f"{parts['day']} {parts['time']}" if "day" in parts else str(parts["time"])
