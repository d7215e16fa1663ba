"""What the tests of the contract share with those of single adapters."""

from hypothesis import strategies as st

from collector.replay import BundleReader
from collector.secrets import Scrubber
from collector.source import Source
from sources.registry import build
from tests.servers.process import ROOT
from tests.sources.examples import dead_settings

DEMO = BundleReader(ROOT / "fixtures" / "checkout-incident.zip")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def source(type_: str) -> Source:
    return build("mine", type_, dead_settings(type_), Scrubber())
