"""Audit logs in Loki: what shippers make of the lines."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.kubernetes_audit import KubernetesAuditSettings, KubernetesAuditSource
from tests.servers.loki import TENANT, Loki
from tests.servers.web import serving
from tests.sources.kubernetes_audit.log import WINDOW, Json

QUERY = '{job="kubernetes-audit"}'
LABELS = {"job": "kubernetes-audit"}
WRAPPINGS: dict[str, Callable[[str], str]] = {
    "raw": lambda line: line,
    "blanks": lambda line: json.dumps(json.loads(line)),
    "sorted": lambda line: json.dumps(json.loads(line), sort_keys=True),
    "cri": lambda line: f"2026-04-01T14:00:00.123456789Z stdout F {line}",
    "docker": lambda line: json.dumps({"log": line + "\n", "stream": "stdout", "time": "2026-04-01T14:00:00Z"}),
    "fluent-bit": lambda line: json.dumps({"date": 1775052000.0, "log": json.loads(line)}),
    "vector": lambda line: json.dumps({"file": "/var/log/a.log", "message": line, "source_type": "file"}),
    "promtail-pack": lambda line: json.dumps({"_entry": line, "node": "n1"}),
    "twice": lambda line: json.dumps({"message": json.dumps({"log": line})}),
}


def shipped(
    entries: Iterable[Json], wrap: Callable[[str], str] = WRAPPINGS["raw"], late: timedelta = timedelta(seconds=2)
) -> list[tuple[int, dict[str, str], str]]:
    """The lines of a log as they are in Loki, each so long after it was written."""
    return [
        (_nanoseconds(each["stageTimestamp"], late), LABELS, wrap(json.dumps(each, separators=(",", ":"))))
        for each in entries
    ]


def fetched(loki: Loki, window: Window = WINDOW, **settings: Any) -> tuple[KubernetesAuditSource, list[Document | Gap]]:
    with serving(loki) as url:
        given = {"url": url, "query": QUERY, "org_id": TENANT, **settings}
        source = KubernetesAuditSource("audit", KubernetesAuditSettings.model_validate(given), Scrubber())
        return source, list(source.fetch(window, Deadline(60)))


def told(loki: Loki, window: Window = WINDOW, **settings: Any) -> tuple[list[Event], list[Gap]]:
    """What the log tells, and all Gaps."""
    source, given = fetched(loki, window, **settings)
    read = list(source.read([each for each in given if isinstance(each, Document)], window))
    gaps = [each for each in [*given, *read] if isinstance(each, Gap)]
    return [each for each in read if isinstance(each, Event)], gaps


def _nanoseconds(stamp: str, later: timedelta) -> int:
    since = datetime.fromisoformat(stamp) + later - datetime.fromtimestamp(0, UTC)
    return ((since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds) * 1000
