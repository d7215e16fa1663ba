"""What the tests of the contract share with those of single adapters."""

import json
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import strategies as st

from collector.replay import BundleReader
from collector.secrets import Scrubber
from collector.source import Document, Source
from sources.registry import build
from tests.servers.process import ROOT
from tests.sources.examples import dead_settings

ARRIVED = datetime(2026, 4, 1, 15, tzinfo=UTC)
DEMO = BundleReader(ROOT / "fixtures" / "checkout-incident.zip")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def source(type_: str) -> Source:
    return build("mine", type_, dead_settings(type_), Scrubber())


def recorded(type_: str) -> list[Document]:
    """The documents of the first source of that type in the demo's bundle; those kept here if it has none."""
    name = next((stored.name for stored in DEMO.manifest.sources if stored.type == type_), None)
    if name is not None:
        return [given for given in DEMO.documents(name) if isinstance(given, Document)]
    kept = json.loads((Path(__file__).parent / "recorded" / f"{type_}.json").read_text())
    return [Document(one["call"], one["asked"], ARRIVED, json.dumps(one["text"])) for one in kept]
