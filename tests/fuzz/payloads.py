"""What is changed: every answer that is recorded, by the source that gave it."""

from collections.abc import Iterator
from datetime import UTC

from msgspec import Struct

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


class Payload(Struct, frozen=True):
    """The answers of one source, and how they are read."""

    name: str
    source: Source
    documents: tuple[Document, ...]
    window: Window


def payloads() -> list[Payload]:
    """Those of each type, and those in the bundles; they are small enough to be read many times."""
    return [one for place in places() for one in payloads_of(place)]


def places() -> list[str]:
    """The types of sources, and the bundles below `fixtures`."""
    bundles = sorted((ROOT / "fixtures").rglob("*.zip"))
    return [*TYPES, *(str(path.relative_to(ROOT / "fixtures")) for path in bundles)]


def payloads_of(place: str, largest: int = LARGEST) -> list[Payload]:
    """The payloads of one of `places` that have at most so many characters."""
    found = _of_bundle(place) if place.endswith(".zip") else [_of_type(place)]
    return [one for one in found if one.documents and sum(len(each.text) for each in one.documents) <= largest]


def _of_type(type_: str) -> Payload:
    return Payload(type_, source(type_), tuple(recorded(type_)), WINDOW)


def _of_bundle(place: str) -> Iterator[Payload]:
    bundle = BundleReader(ROOT / "fixtures" / place)
    manifest = bundle.manifest
    window = Window(manifest.window.start.astimezone(UTC), manifest.window.end.astimezone(UTC))
    for stored in manifest.sources:
        documents = tuple(given for given in bundle.documents(stored.name) if isinstance(given, Document))
        name = f"{stored.name} of {place}"
        yield Payload(name, build(stored.name, stored.type, stored.settings, Scrubber()), documents, window)
