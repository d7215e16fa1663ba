"""Axe finds nothing in our pages, whatever stands in them, in light and in dark; nor does an HTML validator."""

import json
import subprocess
from pathlib import Path

import pytest

import pm_timeline
from cli.demo import BUNDLE
from cli.render import as_html
from collector.result import Timeline
from tests.browser.hostile import TEXTS, hostile
from tests.cli.timelines import timeline
from tests.examples import rarely
from tests.servers.chromium import Page, opened
from tests.servers.npm import npm_tool

_DARK = (
    'if (matchMedia("(prefers-color-scheme: dark)").matches !== DARK) throw Error("not the mode that was asked for");'
)
_RUN = """
const found = await axe.run(document, { resultTypes: ["violations"] });
return { broken: found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html}`)),
  passed: found.passes.map((one) => one.id) };
"""
_OPEN = "for (const one of document.querySelectorAll('details')) one.open = true;"
_ZOOM = "document.getElementById('closer').click(); document.querySelector('.mark').focus();"
_LOOK = """
return { elements: [...document.querySelectorAll("*")].map((one) => one.localName),
  rows: [...document.querySelectorAll("tbody tr")].map((row) => row.cells[2].innerText) };
"""


@pytest.fixture(scope="module")
def timelines() -> list[Timeline]:
    return [pm_timeline.replay(BUNDLE), hostile(), timeline()]


@pytest.fixture(scope="module")
def pages(timelines: list[Timeline]) -> list[str]:
    return [as_html.render(made) for made in timelines]


@pytest.mark.parametrize("dark", [False, rarely(True)], ids=["light", "dark"])
def test_axe_finds_no_violation_and_would_find_one(pages: list[str], *, dark: bool) -> None:
    axe = (npm_tool("axe-core") / "axe.min.js").read_text() + _DARK.replace("DARK", str(dark).lower())
    demo, evil, empty = pages
    bad = demo.replace("<caption", "<img src=''><caption").replace(' lang="en"', "")
    tried = [
        Page(demo, axe + _RUN),
        Page(demo, axe + _OPEN + _ZOOM + _RUN, width=400),
        Page(evil, axe + _OPEN + _RUN),
        Page(empty, axe + _RUN),
        Page(bad, axe + _RUN),
    ]
    *results, spoilt = opened(tried, dark=dark)
    assert [result["broken"] for result in results] == [[], [], [], []]
    for result in results:
        assert {"color-contrast", "document-title", "html-has-lang"} <= set(result["passed"])
    assert {"button-name", "label", "link-name", "scope-attr-valid"} <= set(results[0]["passed"])
    assert {one.partition(":")[0] for one in spoilt["broken"]} >= {"html-has-lang", "image-alt"}


def invalid(folder: Path, pages: list[str]) -> dict[str, set[str]]:
    """What html-validate finds, against the HTML standard alone; by the name of the page."""
    validator = npm_tool("html-validate") / "bin" / "html-validate.mjs"
    (folder / "rules.json").write_text(json.dumps({"root": True, "extends": ["html-validate:standard"]}))
    for number, page in enumerate(pages):
        (folder / f"{number}.html").write_text(page)
    done = subprocess.run(
        ["node", validator, "--config", "rules.json", "--formatter", "json", "*.html"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return {
        Path(file["filePath"]).stem: {f"{one['ruleId']}: {one['message']}" for one in file["messages"]}
        for file in json.loads(done.stdout)
    }


def test_every_page_is_valid_html(pages: list[str], tmp_path: Path) -> None:
    bad = pages[0].replace("<main>", '<main><p id="filter"><div></div></p>')
    found = invalid(tmp_path, [*pages, bad])
    wrong = found.pop(str(len(pages)))
    assert found == {}
    assert {one.partition(":")[0] for one in wrong} >= {"no-dup-id"}


def test_no_hostile_text_becomes_an_element(pages: list[str]) -> None:
    (found,) = opened([Page(pages[1], _LOOK)])
    assert len(found["rows"]) == len(TEXTS)
    assert all(found["rows"])
    assert not {"img", "iframe", "object", "embed", "form", "link", "base"} & set(found["elements"])
    assert "details" in found["elements"]
