"""The examples in the documentation are configurations that are understood, and every type of source is described."""

import re
from pathlib import Path

import pytest

from cli.render.formats import FORMATS
from sources.config import load
from sources.registry import TYPES

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs" / "sources").glob("*.md"))
_TOML = re.compile(r"^```toml\n(.*?)^```", re.MULTILINE | re.DOTALL)


def types(text: str, folder: Path) -> list[str]:
    """The types of the sources in a configuration, which must be valid."""
    (folder / "pm-timeline.toml").write_text(text)
    return [source.type for source in load(folder / "pm-timeline.toml").sources]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_example_of_a_page_is_understood(page: Path, tmp_path: Path) -> None:
    examples = _TOML.findall(page.read_text())
    assert examples, "a page has an example"
    for example in examples:
        assert page.stem in types(example, tmp_path)


def test_the_examples_of_the_readme_are_understood_together(tmp_path: Path) -> None:
    examples = _TOML.findall((ROOT / "README.md").read_text())
    assert len(examples) >= 3
    assert {"prometheus", "kubernetes", "github", "recorder"} <= set(types("\n".join(examples), tmp_path))


def test_every_type_has_a_row_in_alphabetical_order_and_every_page_is_linked() -> None:
    text = (ROOT / "docs" / "sources.md").read_text()
    rows = re.findall(r"^\| \[?`([\w-]+)`\]?", text, re.MULTILINE)
    assert rows == sorted(TYPES)
    assert {f"sources/{page.name}" for page in PAGES} == set(re.findall(r"\]\((sources/[\w-]+\.md)\)", text))


def test_every_format_has_a_row_with_its_endings() -> None:
    text = (ROOT / "docs" / "formats.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| ([^|]*) \|", text, re.MULTILINE)
    listed = {name: tuple(re.findall(r"`([^`]+)`", endings)) for name, endings in rows if endings.startswith("`.")}
    assert listed == {name: form.endings for name, form in FORMATS.items()}


def test_links_between_pages_lead_somewhere() -> None:
    for page in [*PAGES, ROOT / "docs" / "sources.md", ROOT / "docs" / "formats.md", ROOT / "README.md"]:
        for link in re.findall(r"\]\(([\w./-]+)(?:#[\w-]+)?\)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name} links to {link}"
