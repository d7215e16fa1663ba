"""Exports as systems write them, and what the source makes of a file."""

import json
from pathlib import Path
from typing import Any

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.registry import build
from tests.collector.build import WINDOW

DIGEST = "sha256:" + "4f" * 32


def read_file(path: Path, window: Window = WINDOW, **settings: Any) -> tuple[list[Event], list[Gap]]:
    """What comes of the file. Raises SourceError."""
    source = build("mine", "events", {"path": str(path), **settings}, Scrubber())
    fetched = list(source.fetch(window, Deadline(30)))
    given = [*(one for one in fetched if isinstance(one, Gap))]
    read = list(source.read([one for one in fetched if isinstance(one, Document)], window))
    return [one for one in read if isinstance(one, Event)], given + [one for one in read if isinstance(one, Gap)]


def written(folder: Path, *records: Any, name: str = "events.jsonl") -> Path:
    """A file of JSON Lines; a str is a line as it is."""
    path = folder / name
    path.write_text("".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in records))
    return path


def told(events: list[Event]) -> list[str]:
    return [f"{one.at:%H:%M:%S} {one.kind} {one.summary}" for one in events]


def cdevent(
    type_: str, clock: str, subject: str = "checkout", *, version: str = "0.3.0", **content: Any
) -> dict[str, Any]:
    """A CDEvent of 0.5."""
    return {
        "context": {
            "specversion": "0.5.1",
            "id": f"{type_}/{clock}",
            "source": "/acme/delivery",
            "type": f"dev.cdevents.{type_}.{version}",
            "timestamp": f"2026-04-01T{clock}Z",
        },
        "subject": {"id": subject, "content": content},
    }


def cloudevent(event: dict[str, Any]) -> dict[str, Any]:
    """The same in a structured CloudEvent."""
    context = event["context"]
    known = {"specversion": "1.0", "id": context["id"], "source": context["source"], "type": context["type"]}
    return {**known, "subject": event["subject"]["id"], "time": context["timestamp"], "data": event}
