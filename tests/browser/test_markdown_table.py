"""The table as a reader of the postmortem sees it: no cell over two lines at 900 pixels, measured in Chromium."""

from pathlib import Path

from markdown_it import MarkdownIt

import pm_timeline
from cli.demo import BUNDLE
from cli.render import as_markdown
from tests.cli.timelines import row, timeline
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


def test_no_cell_of_the_demo_is_over_two_lines() -> None:
    made = pm_timeline.replay(BUNDLE)
    long = timeline(row("Pods of checkout cannot be scheduled, " * 12))
    found, over = opened([page(as_markdown.render(one)) for one in (made, long)])
    assert len(found["lines"]) == 9
    assert max(found["lines"]) <= 2 < max(over["lines"])
    assert found["fits"]
    assert found["letters"]
