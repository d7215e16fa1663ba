"""Each page in docs/sources has an example of the configuration that works as it stands."""

import re
import tomllib
from pathlib import Path

import pytest

from sources.config import load
from tests.servers.process import ROOT

PAGES = sorted((ROOT / "docs" / "sources").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_example_of_a_page_is_understood(page: Path) -> None:
    examples = re.findall(r"^```toml\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    assert examples
    for example in examples:
        config = load(tomllib.loads(example))
        assert page.stem in {source.type for source in config.sources}
