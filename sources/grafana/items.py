"""Annotations as Grafana lists them; any field may be missing or of another type."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from msgspec import Struct

from collector.source import Document
from sources.grafana.pages import Page
from sources.grafana.settings import GrafanaSettings
from sources.grafana.states import Transition, moment, state
from sources.text import one_line

ANNOTATIONS = "/api/annotations"
_NEXT_LABEL = re.compile(r", (?=[A-Za-z_][\w.]*=)")
_AROUND = 30 * 60 * 1000
"""Milliseconds before and after an annotation that a linked dashboard shows."""


class Annotation(Struct, frozen=True):
    """One annotation, on one dashboard or on all."""

    id: str
    """Empty if Grafana derives it from its state history."""
    at: datetime
    until: datetime
    """The same as `at`, unless it marks a time span."""
    text: str
    """As written, with HTML."""
    tags: tuple[str, ...]
    who: str
    before: str
    """State of the alert; empty if it is not about an alert."""
    after: str
    alert: str
    """Id of the alert's rule."""
    alert_name: str
    url: str
    query: str


def annotations_page(document: Document) -> Page:
    """For paging by milliseconds, `to` inclusive: Grafana lists the latest ends first, and `to` limits the starts.

    So items that are not listed yet have started, and ended, by the earliest end of the listed ones.
    """
    body = document.json()
    found = body if isinstance(body, list) else []
    ends = [end for item in found if isinstance(item, dict) and (end := _end(item)) is not None]
    return Page(len(found), ends)


def annotation(item: Any, settings: GrafanaSettings) -> Iterator[Annotation]:
    """Parse an annotation. Raises what `collector.source.each` counts."""
    at = moment(item["time"])
    until = max(at, moment(item["timeEnd"])) if item.get("timeEnd") else at
    id_ = _id(item.get("id"))
    time = item["time"]
    where = f"/{id_}" if id_ else f"?{urlencode({'from': time, 'to': time})}"
    tags = item.get("tags")
    yield Annotation(
        id=id_,
        at=at,
        until=until,
        text=item["text"] if isinstance(item.get("text"), str) else "",
        tags=tuple(filter(None, map(_line, tags))) if isinstance(tags, list) else (),
        who=_line(item.get("userName")) or _line(item.get("login")),
        before=_line(item.get("prevState")),
        after=_line(item.get("newState")),
        alert=_id(item.get("alertId")),
        alert_name=_line(item.get("alertName")),
        url=_dashboard(item, settings),
        query=f"GET {settings.url}{ANNOTATIONS}{where}",
    )


def transition(item: Annotation) -> Iterator[Transition]:
    """The transition in an alert's annotation. Raises what `collector.source.each` counts.

    Its text is `TITLE {name=value, name=value} - VALUES`, without escaping.
    """
    text = one_line(item.text)
    # A title may contain braces too.
    start, end = text.find(" {alertname="), text.rfind("} - ")
    start = start if start > 0 else text.find(" {")
    inside = text[start + 2 : end] if 0 <= start < end else ""
    pairs = (pair.partition("=") for pair in _NEXT_LABEL.split(inside) if pair)
    labels = {name: value for name, _, value in pairs}
    title = item.alert_name or labels.get("alertname", "") or (text[:start] if start > 0 else text)
    if not title:
        raise ValueError("nobody's transition")
    yield Transition(
        at=item.at,
        rule=item.alert or title,
        title=title,
        labels=labels,
        before=state(item.before or "Normal"),
        after=state(item.after),
        error="",
        url=item.url,
        query=item.query,
    )


def _end(item: Mapping[str, Any]) -> int | None:
    for end in (item.get("timeEnd"), item.get("time")):
        if isinstance(end, int) and not isinstance(end, bool) and end:
            return end
    return None


def _dashboard(item: Mapping[str, Any], settings: GrafanaSettings) -> str:
    uid, panel, time = item.get("dashboardUID"), _id(item.get("panelId")), item["time"]
    if not isinstance(uid, str) or not uid.isprintable() or not uid:
        return ""
    shown: dict[str, object] = {"orgId": settings.org_id} if settings.org_id else {}
    shown |= {"from": time - _AROUND, "to": time + _AROUND}
    if panel:
        shown["viewPanel"] = panel
    return f"{settings.url}/d/{quote(uid, safe='')}?{urlencode(shown)}"


def _id(value: object) -> str:
    """A positive number as text; empty if the value is not one: 0 means none."""
    known = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63
    return str(value) if known else ""


def _line(value: object) -> str:
    return one_line(value) if isinstance(value, str) else ""
