"""What the pages below docs/sources show of the configuration is what the command accepts."""

import tomllib
from pathlib import Path

import pytest

from sources.registry import check
from tests.servers.process import ROOT

PAGES = sorted((ROOT / "docs" / "sources").glob("*.md"))


@pytest.mark.parametrize("page", [pytest.param(page, id=page.stem) for page in PAGES])
def test_the_configuration_that_a_page_shows_is_valid(page: Path) -> None:
    blocks = page.read_text().split("```toml\n")[1:]
    tables = [table for block in blocks for table in tomllib.loads(block.partition("```")[0])["sources"].values()]
    assert tables
    for table in tables:
        assert check(table.pop("type"), table)
