"""Answers of Alertmanager's API v2, as of 14:40 on 2026-04-01."""

import json
from datetime import UTC, datetime
from typing import Any

from collector.source import Document

ASKED = datetime(2026, 4, 1, 14, 40, tzinfo=UTC)
LEASE = "14:44:00"


def stamp(clock: str) -> str:
    return f"2026-04-01T{clock}.250Z"


def alert(name: str, starts: str, ends: str = LEASE, updated: str = "14:39:30", **known: Any) -> dict[str, Any]:
    labels = {"alertname": name, "namespace": "shop", "service": "checkout", **known.pop("labels", {})}
    return {
        "annotations": {"summary": f"{name} of checkout", "runbook_url": "https://wiki/x"},
        "startsAt": stamp(starts),
        "endsAt": stamp(ends),
        "updatedAt": stamp(updated),
        "fingerprint": f"f{name}",
        "generatorURL": "http://prom-0:9090/graph?g0.expr=errors+%3E+0.1&g0.tab=1",
        "labels": labels,
        "receivers": [{"name": "pager"}],
        "status": {"inhibitedBy": [], "silencedBy": [], "state": "active"},
        **known,
    }


def silence(id_: str, starts: str, ends: str, updated: str, **known: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "startsAt": stamp(starts),
        "endsAt": stamp(ends),
        "updatedAt": stamp(updated),
        "createdBy": "sam",
        "comment": "rolling back",
        "matchers": [{"name": "alertname", "value": "High", "isRegex": False, "isEqual": True}],
        "status": {"state": "expired" if ends < "14:40" else "active"},
        **known,
    }


def documents(alerts: object, silences: object, at: datetime = ASKED) -> list[Document]:
    given = {"alerts": alerts, "silences": silences}
    return [Document(call, f"GET http://am/api/v2/{call}", at, json.dumps(body)) for call, body in given.items()]
