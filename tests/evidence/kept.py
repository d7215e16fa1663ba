"""The play as it was once recorded: its evidence in a bundle, and beside it what really happened.

Run as `python -m tests.evidence.kept` to play it again and keep that.
"""

import json
import tempfile
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from collector.capture import BundleWriter
from collector.event import Kind
from collector.manifest import FORMAT, Manifest, StoredSource, StoredWindow
from collector.replay import BundleReader
from collector.source import Document
from collector.window import Window
from tests.evidence.evidence import CLUSTER, SERVICES, TYPES, Evidence, Past, collected, settings
from tests.evidence.play import played
from tests.evidence.truth import Span, Truth
from tests.servers.process import ROOT

PLACE = ROOT / "fixtures" / "evidence"


class Files(Struct, frozen=True):
    """Where it is kept."""

    folder: Path = PLACE

    @property
    def bundle(self) -> Path:
        """Replayable by the command, too."""
        return self.folder / "bundle.zip"

    @property
    def truth(self) -> Path:
        """What `Past` has."""
        return self.folder / "truth.json"


def keep(evidence: Evidence, played_in: Path, files: Files) -> None:
    """Write it; nothing in it names the folder that it was played in."""
    files.folder.mkdir(parents=True, exist_ok=True)
    past = evidence.played
    writer, stored = BundleWriter(files.bundle), []
    for type_ in TYPES:
        for given in evidence.fetched[type_]:
            if isinstance(given, Document):
                asked, text = (part.replace(str(played_in), "/play") for part in (given.asked, given.text))
                given = replace(given, asked=asked, text=text)
            writer.keep(type_, given)
        documents, gaps = writer.given_by(type_)
        stored.append(StoredSource(name=type_, type=type_, settings=settings(type_), documents=documents, gaps=gaps))
    window = {"from": past.window.start, "to": past.window.end, "tz": "UTC"}
    manifest = Manifest(
        format=FORMAT,
        made_by=f"pm-timeline {version('pm-timeline')}",
        captured_at=past.window.end,
        window=StoredWindow.model_validate(window),
        services=SERVICES,
        sources=tuple(stored),
    )
    writer.close(manifest)
    known = {
        "cluster": CLUSTER,
        "sampled": past.sampled.total_seconds(),
        "truth": [_stored(true) for true in past.truth],
        "window": [past.window.start.isoformat(), past.window.end.isoformat()],
    }
    files.truth.write_text(json.dumps(known, indent=1) + "\n")


def kept(files: Files) -> Evidence:
    """Read it."""
    bundle, known = BundleReader(files.bundle), json.loads(files.truth.read_text())
    window = Window(*map(datetime.fromisoformat, known["window"]))
    past = Past(window, [_restored(true) for true in known["truth"]], timedelta(seconds=known["sampled"]))
    return Evidence(past, {type_: list(bundle.documents(type_)) for type_ in TYPES}, "kept")


def _stored(true: Truth) -> dict[str, Any]:
    spans = {key: [[one.begin, one.end, one.pod] for one in getattr(true, key)] for key in ("spans", "after")}
    names = {key: getattr(true, key) for key in ("what", "service", "version", "replaces")}
    return {**names, "kind": true.kind.value, **spans}


def _restored(known: dict[str, Any]) -> Truth:
    spans = {key: [Span(*one) for one in known[key]] for key in ("spans", "after")}
    return Truth(**{**known, "kind": Kind(known["kind"]), **spans})


def main() -> None:
    """Play it and keep it."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        with played(folder / "cluster") as play, collected(play, folder) as evidence:
            keep(evidence, folder, Files())


if __name__ == "__main__":
    main()
