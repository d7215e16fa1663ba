"""The table as a reader of the postmortem sees it: no cell over two lines at 900 pixels, measured in Chromium."""

from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from msgspec.structs import replace

import pm_timeline
from cli.demo import BUNDLE
from cli.render import as_markdown
from collector.event import Kind
from collector.row import Word, WordKind
from tests.cli.timelines import row, timeline
from tests.incidents.measure import FOLDER, names
from tests.servers.chromium import Page, opened

_GFM = MarkdownIt("commonmark", {"html": True}).enable("table")
_STYLE = (Path(__file__).parent / "markdown.css").read_text()
_MEASURE = """
const lines = (cell) => {
  const style = getComputedStyle(cell);
  return Math.round((cell.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom))
    / parseFloat(style.lineHeight));
};
const table = document.querySelector("table");
// Without a font every line would be empty.
const letter = document.createRange();
letter.selectNodeContents(table.rows[0].cells[1]);
return {
  lines: [...table.rows].map((row) => Math.max(...[...row.cells].map(lines))),
  fits: table.scrollWidth <= document.documentElement.clientWidth,
  letters: letter.getBoundingClientRect().width > 30,
};
"""


def page(markdown: str) -> Page:
    head, body = f"<title>x</title><style>{_STYLE}</style>", _GFM.render(markdown)
    return Page(f'<!DOCTYPE html><html lang="en"><head>{head}</head><body>{body}</body></html>', _MEASURE, width=900)


@pytest.mark.parametrize(
    "incidents",
    [
        # Where systems give the longest reasons.
        pytest.param(["canary-argo-rollouts", "quota-full", "zone-outage"], id="long reasons"),
        pytest.param(names(), id="all", marks=pytest.mark.thorough),
    ],
)
def test_no_cell_of_an_incident_is_over_two_lines(incidents: list[str]) -> None:
    pages = [page(as_markdown.render(pm_timeline.replay(FOLDER / name / "bundle.zip"))) for name in incidents]
    for name, found in zip(incidents, opened(pages), strict=True):
        assert max(found["lines"]) <= 2, name
        assert found["fits"], name


def test_no_cell_of_the_demo_is_over_two_lines() -> None:
    made = pm_timeline.replay(BUNDLE)
    long = timeline(row("Pods of checkout cannot be scheduled, " * 12))
    reason = Word("0/9 nodes are available: 4 had untolerated taint {team: search}, " * 8, WordKind.QUOTE)
    cut = timeline(replace(long.rows[0], words=(Word("3 pods of api cannot start: "), reason), kind=Kind.OTHER))
    found, over, short = opened([page(as_markdown.render(one)) for one in (made, long, cut)])
    assert max(short["lines"]) == 2
    assert len(found["lines"]) == 9
    assert max(found["lines"]) <= 2 < max(over["lines"])
    assert found["fits"]
    assert found["letters"]
