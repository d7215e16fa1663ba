"""Grafana's Explore, where readers repeat a query: the existing data sources, and the address of the page.

Explore keeps its state in its address: `panes`, JSON with the data source, the queries and the range, in this form
since Grafana 10.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from msgspec import Struct, field
from msgspec.structs import replace

from collector.known import QueryPage
from collector.source import BadAnswer, Document, SourceError
from sources.grafana.api import Api
from sources.grafana.settings import GrafanaSettings
from sources.reader_url import reader_url

SETTINGS, DATA_SOURCES = "frontend_settings", "data_sources"
_TYPES: Mapping[str, frozenset[str]] = {
    "prometheus": frozenset({"prometheus", "kube-state-metrics"}),
    "grafana-amazonprometheus-datasource": frozenset({"prometheus", "kube-state-metrics"}),
    "victoriametrics-metrics-datasource": frozenset({"prometheus", "kube-state-metrics"}),
}
"""By the type of a data source: the source types of this tool that ask the same server."""
_HOUR = timedelta(hours=1)


def ask_data_sources(api: Api) -> Iterator[Document]:
    """Grafana's own address and its visible data sources; only links depend on them."""
    for call, path, kept in (
        (SETTINGS, "/api/frontend/settings", _kept_settings),
        # Includes the URLs of the data sources; needs the right `datasources:read`.
        (DATA_SOURCES, "/api/datasources", _kept_list),
    ):
        try:
            document = api.document(call, path, {})
            yield replace(document, text=json.dumps(kept(document.json())))
        except SourceError:
            continue


class DataSources(Struct):
    """The contents of the documents of `ask_data_sources`."""

    app_url: str = ""
    _found: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, document: Document) -> None:
        """Add one document; parts in an undocumented form are ignored."""
        try:
            body = document.json()
        except BadAnswer:
            return
        if document.call == SETTINGS:
            self.app_url = reader_url(_mapping(body).get("appUrl"))
            listed = list(_mapping(_mapping(body).get("datasources")).values())
        else:
            listed = body if isinstance(body, list) else []
        for one in listed:
            if isinstance(one, dict) and (uid := _string(one, "uid")):
                self._found.setdefault(uid, {}).update(
                    {key: _string(one, key) for key in ("type", "url") if key in one}
                )

    def pages(self, settings: GrafanaSettings) -> Iterator[QueryPage]:
        """A page for each data source of a type that our sources may ask too, in the order of their ids."""
        base = settings.link_url or self.app_url or settings.url
        for uid, one in sorted(self._found.items()):
            if types := _TYPES.get(one.get("type", "")):
                link = partial(_explore, base, uid, one["type"], settings.org_id)
                yield QueryPage(types, one.get("url", "").rstrip("/"), uid, link)


def _explore(base: str, uid: str, type_: str, organisation: int | None, url: str) -> str:
    """An address of Explore with the query and hour of a link to Prometheus's graph; other links stay unchanged."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    try:
        query, end = asked["g0.expr"][0], datetime.fromisoformat(asked["g0.end_input"][0]).replace(tzinfo=UTC)
    except (KeyError, ValueError):
        return url
    source = {"type": type_, "uid": uid}
    span = {"from": _milliseconds(end - _HOUR), "to": _milliseconds(end)}
    pane = {"datasource": uid, "queries": [{"refId": "A", "expr": query, "datasource": source}], "range": span}
    params = {"schemaVersion": "1", "panes": json.dumps({"pmt": pane}, separators=(",", ":"))}
    return f"{base}/explore?{urlencode(params | ({'orgId': str(organisation)} if organisation else {}))}"


def _milliseconds(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))


def _kept_settings(body: Any) -> dict[str, Any]:
    """The parts that are read. The settings also contain keys of analytics and plugins."""
    known = _mapping(body)
    listed = {name: _mapping(one) for name, one in _mapping(known.get("datasources")).items()}
    return {
        "appUrl": _string(known, "appUrl"),
        "datasources": {name: {key: _string(one, key) for key in ("uid", "type")} for name, one in listed.items()},
    }


def _kept_list(body: Any) -> list[dict[str, str]]:
    """The data sources without users, options and passwords."""
    listed = body if isinstance(body, list) else []
    return [_kept(_mapping(one)) for one in listed]


def _kept(one: Mapping[str, Any]) -> dict[str, str]:
    kept = {key: _string(one, key) for key in ("uid", "type")}
    try:
        parts = urlsplit(_string(one, "url"))
    except ValueError:
        return kept
    return {**kept, "url": parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _string(value: Mapping[str, Any], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""
