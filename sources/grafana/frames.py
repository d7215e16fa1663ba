"""State history: data frames with the columns `time`, `line` (the transition) and `labels` (of the log stream)."""

import json
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any
from urllib.parse import quote, urlencode

from collector.source import Document
from sources.grafana.pages import Page
from sources.grafana.settings import GrafanaSettings
from sources.grafana.states import Transition, moment, state
from sources.text import one_line

HISTORY = "/api/v1/rules/history"
_COLUMNS = ("time", "line", "labels")
"""The order of columns in a frame without a schema."""


def history_page(document: Document) -> Page:
    """The page for paging by whole seconds, `to` exclusive."""
    found = rows(document.json())
    times = [row["time"] for row in found if isinstance(row["time"], int) and not isinstance(row["time"], bool)]
    return Page(len(found), [time // 1000 + 1 for time in times])


def rows(body: Any) -> list[dict[str, Any]]:
    """The rows of one or several frames, with columns in any order. Cells may be missing."""
    found: list[dict[str, Any]] = []
    for frame in _frames(body):
        columns = _columns(frame)
        cells = zip_longest(*(columns.get(name, []) for name in _COLUMNS))
        found += [dict(zip(_COLUMNS, row, strict=True)) for row in cells]
    return found


def unread(body: Any) -> int:
    """Number of malformed frames, and of frames with rows that lack the columns of a transition."""
    return sum(
        not isinstance(frame, dict)
        or not isinstance(frame.get("data"), dict)
        or (not isinstance(frame["data"].get("values"), list) and not keeps_nothing(frame))
        or (any(columns.values()) and not {"time", "line"} <= columns.keys())
        for frame in _frames(body)
        for columns in [_columns(frame)]
    )


def _frames(body: Any) -> list[Any]:
    return body if isinstance(body, list) else [body]


def _columns(frame: Any) -> dict[str, list[Any]]:
    values = _list(_dict(_dict(frame).get("data")).get("values"))
    names = [
        _line(_dict(field).get("name")).lower() for field in _list(_dict(_dict(frame).get("schema")).get("fields"))
    ]
    return dict(zip(names or _COLUMNS, map(_list, values), strict=False))


def keeps_nothing(body: Any) -> bool:
    """Whether this is the answer of a Grafana that keeps no state history: a frame without columns."""
    return isinstance(body, dict) and isinstance(body.get("schema"), dict) and not body["schema"].get("fields")


def transition(row: dict[str, Any], settings: GrafanaSettings) -> Iterator[Transition]:
    """Parse one row. Raises what `collector.source.each` counts."""
    line = json.loads(row["line"]) if isinstance(row["line"], str) else row["line"]
    uid, title = _line(line.get("ruleUID")), _line(line.get("ruleTitle"))
    labels = {one_line(str(name)): one_line(str(value)) for name, value in (line.get("labels") or {}).items()}
    title = title or labels.get("alertname", "") or uid
    if not title:
        raise ValueError("nobody's transition")
    at = moment(row["time"])
    # `to` is exclusive.
    where = {"ruleUID": uid, "from": int(at.timestamp()), "to": int(at.timestamp()) + 1}
    org = f"?orgId={settings.org_id}" if settings.org_id else ""
    yield Transition(
        at=at,
        rule=uid or title,
        title=title,
        labels=labels,
        before=state(line["previous"]),
        after=state(line["current"]),
        error=_line(line.get("error")),
        url=f"{settings.url}/alerting/grafana/{quote(uid, safe='')}/view{org}" if uid else "",
        query=f"GET {settings.url}{HISTORY}?{urlencode(where)}",
    )


def _line(value: object) -> str:
    return one_line(value) if isinstance(value, str) else ""


def _dict(value: object) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
