"""Makes Events from documents: the alerts of Grafana, and the annotations by people and tools."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

from msgspec.structs import replace

from collector.event import Event
from collector.known import QueryPage
from collector.source import BadAnswer, Document, Gap, each
from sources.grafana import frames, items
from sources.grafana.alerts import alert_events
from sources.grafana.annotations import annotation_events
from sources.grafana.explore import DATA_SOURCES, SETTINGS, DataSources
from sources.grafana.items import Annotation
from sources.grafana.settings import GrafanaSettings
from sources.grafana.states import Transition, moment

_SECOND = 1000
"""In milliseconds."""


def read(documents: Iterable[Document], source: str, settings: GrafanaSettings) -> Iterator[Event | Gap | QueryPage]:
    """See `GrafanaSource.read`."""
    reader, sources = _Reader(settings), DataSources()
    for document in documents:
        if document.call in (SETTINGS, DATA_SOURCES):
            sources.add(document)
            continue
        try:
            yield from reader.add(document)
        except BadAnswer as error:
            yield Gap(error.reason, error.hint)
    if reader.keeps_nothing:
        hint = "[unified_alerting.state_history] in Grafana's configuration"
        yield Gap("history: this Grafana does not keep the state history of its alerts", hint)
    if (start := reader.start()) is not None:
        yield from _linked(alert_events(reader.transitions, start, source), settings, sources.app_url)
    yield from _linked(annotation_events(reader.annotations, source), settings, sources.app_url)
    yield from sources.pages(settings)


def _linked(found: Iterable[Event | Gap], settings: GrafanaSettings, app_url: str) -> Iterator[Event | Gap]:
    """The Events with Grafana's own address in links, unless the settings have an address for readers."""
    for one in found:
        own = isinstance(one, Event) and one.url.startswith(f"{settings.url}/")
        if isinstance(one, Event) and own and app_url and not settings.link_url:
            yield replace(one, url=app_url + one.url.removeprefix(settings.url))
        else:
            yield one


class _Reader:
    """Collects everything in the documents."""

    def __init__(self, settings: GrafanaSettings) -> None:
        self.transitions: list[Transition] = []
        self.annotations: list[Annotation] = []
        self.keeps_nothing = False
        self._settings = settings
        self._reached: list[tuple[datetime, datetime]] = []
        """For each page with alerts: the requested `to`, and the time from which on the page is complete."""

    def add(self, document: Document) -> Iterator[Gap]:
        """Add one document; yields Gaps for unreadable parts."""
        body = document.json()
        if document.call == "history":
            self.keeps_nothing |= frames.keeps_nothing(body)
            self._reach(document, _SECOND)
            if number := frames.unread(body):
                yield Gap(f"history: {number} frames without the columns time and line were left out")
            yield from self._take(frames.rows(body), partial(frames.transition, settings=self._settings), "history")
        elif document.call in ("annotations", "alert_annotations"):
            if document.call == "alert_annotations":
                self._reach(document, 1)
            listed = each(body, partial(items.annotation, settings=self._settings), document.call)
            marked: list[Annotation] = []
            for found in listed:
                if isinstance(found, Gap):
                    yield found
                elif found.after:
                    marked.append(found)
                else:
                    self.annotations.append(found)
            # A Grafana without the parameter `type` lists alerts among the annotations too.
            if document.call == "alert_annotations":
                yield from self._take(marked, items.transition, document.call)

    def start(self) -> datetime | None:
        """The time from which transitions are known; None if no alerts were requested."""
        return min(self._reached)[1] if self._reached else None

    def _take(self, listed: list[Any], parse: Any, what: str) -> Iterator[Gap]:
        for found in each(listed, parse, what):
            if isinstance(found, Gap):
                yield found
            else:
                self.transitions.append(found)

    def _reach(self, document: Document, unit: int) -> None:
        asked = parse_qs(urlsplit(document.asked.partition(" ")[2]).query)
        try:
            start, to, limit = (int(asked[name][0]) for name in ("from", "to", "limit"))
            page = frames.history_page(document) if document.call == "history" else items.annotations_page(document)
            whole_from = page.whole_from(limit)
            begun = start if whole_from is None else max(start, min(whole_from, to))
            self._reached.append((moment(to * unit), moment(begun * unit)))
        except (KeyError, ValueError) as error:
            raise BadAnswer(f"{document.call}: an answer to an unknown question: {document.asked}") from error
