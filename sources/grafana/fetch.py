"""What to request from Grafana, and in which order."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from collector.source import Denied, Document, Gap, RateLimited, SourceError
from collector.window import Window
from sources.grafana.api import Absent, Api
from sources.grafana.explore import ask_data_sources
from sources.grafana.frames import HISTORY, history_page
from sources.grafana.items import ANNOTATIONS, annotations_page
from sources.grafana.pages import pages

LEAD = timedelta(hours=24)
"""How long before the window the beginning of an alert is still found."""
TAIL = timedelta(minutes=15)
"""How long after the window the end of an alert is still found."""


def fetch(api: Api, window: Window) -> Iterator[Document | Gap]:
    """Each part is separate: if one fails, the others continue. Raises only if there was no answer at all."""
    wide = window.widened(lead=LEAD, tail=TAIL)
    errors: list[SourceError] = []
    answered: set[str] = set()
    parts = (
        ("history", "alert.rules:read", _history(api, wide)),
        # If the history is kept in the database, or not available, these report the same.
        ("alert_annotations", "annotations:read", _annotations(api, wide, "alert_annotations", "alert")),
        ("annotations", "annotations:read", _annotations(api, wide, "annotations", "annotation")),
    )
    for call, right, part in parts:
        if call == "alert_annotations" and "history" in answered:
            continue
        try:
            for given in part:
                if isinstance(given, Document):
                    answered.add(call)
                yield given
        except Absent as error:
            if call != "history":
                errors.append(error)
        except Denied as error:
            errors.append(Denied(error.reason, f"{error.hint}; the service account needs `{right}`"))
        except RateLimited as error:
            # All requests share the limit.
            errors.append(error)
            break
        except SourceError as error:
            errors.append(error)
    yield from (Gap(error.reason, error.hint) for error in (errors if answered else errors[1:]))
    if not answered and errors:
        raise errors[0]
    if not any(isinstance(error, RateLimited) for error in errors):
        yield from ask_data_sources(api)


def _history(api: Api, wide: Window) -> Iterator[Document | Gap]:
    # Whole seconds; and Loki, where the history may be kept, excludes `to` itself.
    start, to = int(wide.start.timestamp()), int(wide.end.timestamp()) + 1

    def ask(to: int, limit: int) -> Document:
        return api.document("history", HISTORY, {"from": start, "to": to, "limit": limit})

    return pages(ask, history_page, "history", start, to)


def _annotations(api: Api, wide: Window, call: str, type_: str) -> Iterator[Document | Gap]:
    start, to = _milliseconds(wide.start), _milliseconds(wide.end)

    def ask(to: int, limit: int) -> Document:
        return api.document(call, ANNOTATIONS, {"from": start, "to": to, "limit": limit, "type": type_})

    return pages(ask, annotations_page, call, start, to)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
