"""Writes the redacted copy of a bundle, and reports the replaced names."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from collector.capture import BundleWriter
from collector.event import Event
from collector.manifest import FORMAT, Manifest, StoredSource
from collector.redaction.rewrite import Rewriter, unused
from collector.redaction.survey import Survey
from collector.replay import BundleReader
from collector.source import Document, Gap


class Redacted(Struct, frozen=True):
    """The replaced names."""

    replaced: Mapping[str, Sequence[str]]
    """The names that each alias stands for."""

    def counts(self) -> dict[str, int]:
        """How many aliases there are of each kind: `person`, `host`, `address`, `text`, `word`."""
        found: dict[str, int] = {}
        for alias in self.replaced:
            kind = alias.rpartition("-")[0]
            found[kind] = found.get(kind, 0) + 1
        return found


def redact(bundle: BundleReader, events: Iterable[Event], also: Sequence[str], writer: BundleWriter) -> Redacted:
    """Keep the redacted documents with `writer` and close it. Raises BundleError.

    `events` are those that the sources read from the bundle: they show best who is a person, and what the timeline is
    about.
    """
    rewriter = Rewriter(_surveyed(bundle, events), also)
    sources: list[StoredSource] = []
    for source in bundle.manifest.sources:
        name = unused(rewriter.name(source.name), [each.name for each in sources])
        sources.append(_source(bundle, source, name, rewriter, writer))
    manifest = bundle.manifest
    writer.close(
        Manifest(
            format=FORMAT,
            made_by=manifest.made_by,
            captured_at=manifest.captured_at,
            window=manifest.window,
            services=tuple(map(rewriter.name, manifest.services)),
            namespaces=tuple(map(rewriter.name, manifest.namespaces)),
            aliases={rewriter.name(name): rewriter.name(other) for name, other in manifest.aliases.items()},
            sources=tuple(sources),
        )
    )
    return Redacted(rewriter.aliases.replaced)


def _surveyed(bundle: BundleReader, events: Iterable[Event]) -> Survey:
    survey = Survey()
    survey.events(events)
    for source in bundle.manifest.sources:
        survey.content(dict(source.settings))
        for given in bundle.documents(source.name):
            if isinstance(given, Gap):
                survey.text(given.reason)
                survey.text(given.hint)
            else:
                survey.text(given.asked, ("asked",))
                survey.text(given.text)
    return survey


def _source(
    bundle: BundleReader, source: StoredSource, name: str, rewriter: Rewriter, writer: BundleWriter
) -> StoredSource:
    settings: Any = rewriter.content(dict(source.settings))
    for given in bundle.documents(source.name):
        if isinstance(given, Gap):
            writer.keep(name, Gap(rewriter.line(given.reason), rewriter.line(given.hint), given.fatal))
        else:
            asked, text = rewriter.name(given.asked), rewriter.document(given.text)
            writer.keep(name, Document(given.call, asked, given.at, text))
    documents, gaps = writer.given_by(name)
    return StoredSource(name=name, type=source.type, settings=settings, documents=documents, gaps=gaps)


def names_of(path: Path) -> Path:
    """The default path of the list of replaced names: `OUT.replaced.json`."""
    return path.with_name(f"{path.name}.replaced.json")
