"""What is changed: every answer that is recorded, by the source that gave it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from collector.replay import BundleReader
from collector.secrets import Scrubber
from collector.source import Document, Source
from collector.window import Window
from sources.registry import TYPES, build
from tests.collector.build import WINDOW
from tests.servers.process import ROOT
from tests.sources.contract import recorded, source

LARGEST = 400_000
"""Characters: what is larger takes so long to read that few cases would be played."""


@dataclass(frozen=True, slots=True)
class Payload:
    """The answers of one source, and how they are read."""

    name: str
    source: Source
    documents: tuple[Document, ...]
    window: Window


def payloads() -> list[Payload]:
    """Those of each type, and those in the bundles; they are small enough to be read many times."""
    return [one for one in _every() if one.documents and sum(len(each.text) for each in one.documents) <= LARGEST]


def _every() -> Iterator[Payload]:
    for type_ in TYPES:
        yield Payload(type_, source(type_), tuple(recorded(type_)), WINDOW)
    for path in sorted((ROOT / "fixtures").rglob("*.zip")):
        yield from _of_bundle(path)


def _of_bundle(path: Path) -> Iterator[Payload]:
    bundle = BundleReader(path)
    manifest = bundle.manifest
    window = Window(manifest.window.start.astimezone(UTC), manifest.window.end.astimezone(UTC))
    for stored in manifest.sources:
        documents = tuple(given for given in bundle.documents(stored.name) if isinstance(given, Document))
        name = f"{stored.name} of {path.relative_to(ROOT / 'fixtures')}"
        yield Payload(name, build(stored.name, stored.type, stored.settings, Scrubber()), documents, window)
