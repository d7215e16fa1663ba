"""Alerts and silences from API v2, checked and typed."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

from sources.alert_labels import described
from sources.metric_labels import quoted
from sources.text import one_line

_EARLIEST_YEAR = 1971
_NO_TIME = "0001-01-01T00:00:00"
_NEVER = datetime(9998, 1, 1, tzinfo=UTC)
_OPERATORS = {(True, False): "=", (False, False): "!=", (True, True): "=~", (False, True): "!~"}


class Alert(Struct, frozen=True):
    """An alert in Alertmanager."""

    labels: Mapping[str, str]
    starts: datetime
    """When it began to fire."""
    ends: datetime
    """When it ended; if in the future, until when it counts as firing unless it is reported again."""
    updated: datetime
    """When it was last reported."""
    fingerprint: str
    silenced_by: tuple[str, ...]
    """Ids of silences."""
    inhibited_by: tuple[str, ...]
    """Fingerprints of alerts."""
    muted_by: tuple[str, ...]
    """Names of intervals of time, since Alertmanager 0.28."""
    description: str
    expression: str
    """The expression of its rule, if the link to Prometheus in the alert contains it."""


class Silence(Struct, frozen=True):
    """A silence in any state."""

    id: str
    state: str
    """`pending`, `active` or `expired`."""
    starts: datetime
    ends: datetime
    """The planned end, or when it was expired by hand."""
    updated: datetime
    """When it was made, last edited, or expired."""
    actor: str
    comment: str
    matchers: str
    """`alertname="X", pod=~"web-.*"`."""
    equal: Mapping[str, str]
    """The labels that every silenced alert must have."""
    conditions: int
    """How many matchers there are, of any operator."""


def alert(item: dict[str, Any]) -> Iterator[Alert]:
    """One item of `alerts`. Raises KeyError, TypeError, ValueError, AttributeError or OverflowError if malformed."""
    labels = {one_line(name): one_line(value) for name, value in item["labels"].items()}
    starts = _time(item["startsAt"])
    status = item.get("status") or {}
    yield Alert(
        labels=labels,
        starts=starts,
        ends=_time_or(item["endsAt"], _NEVER),
        updated=_time_or(item.get("updatedAt"), starts),
        fingerprint=one_line(item.get("fingerprint") or ""),
        silenced_by=_ids(status.get("silencedBy")),
        inhibited_by=_ids(status.get("inhibitedBy")),
        muted_by=_ids(status.get("mutedBy")),
        description=described(item.get("annotations") or {}),
        expression=_expression(item.get("generatorURL")),
    )


def silence(item: dict[str, Any]) -> Iterator[Silence]:
    """One item of `silences`. Raises the same errors as `alert`."""
    matchers = [_matcher(matcher) for matcher in item["matchers"]]
    if not matchers:
        raise ValueError("a silence for nothing")
    starts = _time(item["startsAt"])
    yield Silence(
        id=one_line(item["id"]),
        state=str((item.get("status") or {}).get("state")),
        starts=starts,
        ends=_time(item["endsAt"]),
        updated=_time_or(item["updatedAt"], starts),
        actor=one_line(item.get("createdBy") or ""),
        comment=one_line(item.get("comment") or ""),
        matchers=", ".join(name + operator + quoted(value) for name, operator, value in matchers),
        equal={name: value for name, operator, value in matchers if operator == "="},
        conditions=len(matchers),
    )


def _matcher(item: dict[str, Any]) -> tuple[str, str, str]:
    # Alertmanager before 0.22 has no inequality.
    operator = _OPERATORS[item.get("isEqual", True), item["isRegex"]]
    return one_line(item["name"]), operator, one_line(item["value"])


def _time(text: str) -> datetime:
    """A time in UTC that leaves room for arithmetic."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    # Before this year there was no Alertmanager; Go writes the year 1 for a missing time.
    if moment.year < _EARLIEST_YEAR:
        raise ValueError("no time to expect")
    return _NEVER if moment.year >= _NEVER.year else moment.astimezone(UTC)


def _time_or(text: str | None, otherwise: datetime) -> datetime:
    """The time, or `otherwise` if there is none."""
    return otherwise if not text or text.startswith(_NO_TIME) else _time(text)


def _ids(value: object) -> tuple[str, ...]:
    return tuple(sorted(one for one in value if isinstance(one, str))) if isinstance(value, list) else ()


def _expression(link: object) -> str:
    try:
        return one_line(parse_qs(urlsplit(link).query).get("g0.expr", [""])[0]) if isinstance(link, str) else ""
    except ValueError:
        return ""
