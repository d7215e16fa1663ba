"""The examples on the pages of these sources are configurations that can be used."""

import tomllib

import pytest

from sources.config import load
from tests.servers.process import ROOT


@pytest.mark.parametrize("type_", ["argocd", "flux", "helm", "tekton"])
def test_every_example_is_a_configuration(type_: str) -> None:
    page = (ROOT / "docs" / "sources" / f"{type_}.md").read_text()
    blocks = [block.partition("```")[0] for block in page.split("```toml\n")[1:]]
    assert blocks
    for block in blocks:
        assert [source.type for source in load(tomllib.loads(block)).sources] == [type_]
