"""What a source reports of a window."""

from pathlib import Path

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap
from collector.window import Window
from sources.kubernetes import KubernetesSource
from sources.recorder import RecorderSettings, RecorderSource


def fetched(source: KubernetesSource | RecorderSource, window: Window) -> tuple[list[Event], list[Gap], list[Document]]:
    given = list(source.fetch(window, Deadline(60)))
    documents = [each for each in given if isinstance(each, Document)]
    read = [*source.read(documents, window), *(each for each in given if isinstance(each, Gap))]
    return [e for e in read if isinstance(e, Event)], [g for g in read if isinstance(g, Gap)], documents


def recorder(store: Path, *namespaces: str) -> RecorderSource:
    return RecorderSource(
        "recorder", RecorderSettings(store=f"sqlite:///{store}", namespaces=list(namespaces) or None), Scrubber()
    )
