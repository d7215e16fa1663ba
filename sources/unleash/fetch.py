"""What to request from Unleash: its event log for whole days, newest first."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from collector.source import Document, Gap
from collector.window import Window
from sources.flag_log import LEAD, Api, Page
from sources.unleash.entries import when
from sources.unleash.settings import UnleashSettings

RIGHT = "to read the projects (of a user with the root role Viewer; what is of no project needs Admin)"
_MOST = 1000
"""Maximum events that Unleash returns per page."""
_DAY = timedelta(days=1)


def fetch(api: Api, settings: UnleashSettings, window: Window) -> Iterator[Document | Gap]:
    """The events of the days of the window and before it; a Gap if Unleash returns fewer than it counts."""
    wide = window.widened(lead=LEAD, tail=timedelta(0))
    listed = total = 0
    for given in api.pages("events", _url(settings, wide, 0), RIGHT, _page, wide.start):
        yield given
        if isinstance(given, Document):
            body = given.json()
            events, count = _list(body), body.get("total") if isinstance(body, dict) else None
            listed += len(events)
            total = max(total, count if isinstance(count, int) else 0)
            if not events and listed < total:
                yield Gap(f"events: Unleash counts {total} and gave {listed}", "see its log: its database may fail")


def _url(settings: UnleashSettings, wide: Window, offset: int) -> str:
    # Days are in the time zone of Unleash's database, which is unknown.
    query = {"from": f"IS:{wide.start - _DAY:%Y-%m-%d}", "to": f"IS:{wide.end + _DAY:%Y-%m-%d}"}
    if settings.projects:
        query["project"] = f"IS_ANY_OF:{','.join(settings.projects)}"
    query |= {"offset": str(offset), "limit": str(_MOST)}
    return f"{settings.url}/api/admin/search/events?{urlencode(query, quote_via=quote, safe=':,')}"


def _page(body: Any, url: str) -> Page:
    """Events added meanwhile move others to the next page, where they appear again, so none is lost."""
    events = _list(body)
    times: list[datetime] = [at.earliest for event in events if (at := when(event))]
    total = body.get("total") if isinstance(body, dict) else None
    parts = urlsplit(url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    offset = int(asked.get("offset", "0")) + len(events)
    more = bool(events) and isinstance(total, int) and offset < total
    query = urlencode({**asked, "offset": str(offset)}, quote_via=quote, safe=":,")
    return Page(parts._replace(query=query).geturl() if more else "", min(times, default=None))


def _list(body: Any) -> list[Any]:
    events = body.get("events") if isinstance(body, dict) else None
    return events if isinstance(events, list) else []
