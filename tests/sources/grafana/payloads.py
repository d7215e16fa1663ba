"""What Grafana's API answers, in its documented shapes, written down shortly."""

import json
from datetime import UTC, datetime
from typing import Any

from collector.source import Document
from collector.window import Window
from sources.grafana import GrafanaSettings
from tests.servers.grafana import frame

URL = "https://grafana.example.com/ops"
SETTINGS = GrafanaSettings(url=URL)
WINDOW = Window(datetime(2026, 4, 1, 14, 0, tzinfo=UTC), datetime(2026, 4, 1, 14, 30, tzinfo=UTC))
ARRIVED = datetime(2026, 4, 1, 15, tzinfo=UTC)
START, END = "2026-03-31T14:00:00", "2026-04-01T14:45:00"
"""What is asked for around WINDOW."""
LABELS = {"alertname": "Checkout errors", "grafana_folder": "Shop", "namespace": "shop", "service": "checkout"}


def ms(clock: str) -> int:
    """`14:04:15` or `14:04:15.250` on the day, or a whole time, as Unix milliseconds."""
    full = clock if "T" in clock else f"2026-04-01T{clock}"
    return round(datetime.fromisoformat(f"{full}+00:00").timestamp() * 1000)


def utc(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-04-01T{clock}+00:00").astimezone(UTC)


def change(clock: str, before: str, after: str, **known: Any) -> tuple[int, dict[str, Any]]:
    """One row of the state history: its time and its line."""
    line = {
        "schemaVersion": 1,
        "previous": before,
        "current": after,
        "values": {"A": 0.41},
        "condition": "A",
        "dashboardUID": "",
        "panelID": 0,
        "fingerprint": "1f3b5c7d9e0a2b4c",
        "ruleTitle": "Checkout errors",
        "ruleID": 7,
        "ruleUID": "cdx1",
        "labels": LABELS,
        **known,
    }
    return ms(clock), line


def alert_annotation(id_: int, clock: str, before: str, after: str, **known: Any) -> dict[str, Any]:
    labels = ", ".join(f"{name}={value}" for name, value in sorted(LABELS.items()))
    text = f"Checkout errors {{{labels}}} - A=0.410000"
    states = {"alertId": 7, "prevState": before, "newState": after}
    return {**annotation(id_, clock, text), "tags": None, **states, **known}


def annotation(id_: int, clock: str, text: str, *tags: str, **known: Any) -> dict[str, Any]:
    at = ms(clock)
    times = {"time": at, "timeEnd": at, "created": at, "updated": at}
    return {
        "id": id_,
        "alertId": 0,
        "newState": "",
        "prevState": "",
        "text": text,
        "tags": list(tags),
        **times,
        **known,
    }


def history(*rows: tuple[int, dict[str, Any]], limit: int = 1000) -> Document:
    return answer(
        "history", f"/api/v1/rules/history?from={ms(START) // 1000}&to={ms(END) // 1000 + 1}", frame([*rows]), limit
    )


def annotations(*items: Any, call: str = "annotations", limit: int = 1000) -> Document:
    return answer(call, f"/api/annotations?from={ms(START)}&to={ms(END)}", [*items], limit)


def answer(call: str, asked: str, body: Any, limit: int = 1000) -> Document:
    return Document(call, f"GET {URL}{asked}&limit={limit}", ARRIVED, json.dumps(body))
