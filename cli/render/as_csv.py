"""The timeline as CSV (RFC 4180): one line per row, to be opened in a spreadsheet."""

import csv
import io
import re

from cli.render.as_json import instant
from cli.render.clean import one_line, page
from cli.render.look import PLAIN, Look
from collector.result import Timeline
from collector.row import Row

FIELDS = ("id", "time", "end", "text", "kind", "service", "sources", "evidence", "events")

# Text that a spreadsheet would run as a formula: also after spaces or quotes, with full-width signs, and after a
# semicolon, which separates cells where the comma is the decimal sign.
_FORMULA = re.compile(r"""(^|;)(?=[\s"']*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])""")


def render(timeline: Timeline, look: Look = PLAIN) -> str:  # noqa: ARG001 - as every format is called
    """A header, then one line per row. Lines end in CR LF: write them without translating line ends."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    writer.writerows(_line(row) for row in timeline.rows)
    return out.getvalue()


def _line(row: Row) -> list[str | int]:
    end = instant(row.end) if row.end else ""
    evidence = " | ".join(page(evidence.url) or one_line(evidence.query) for evidence in row.evidence)
    cells = (row.id, instant(row.at), end, row.text, row.kind.value, row.service, " ".join(row.sources), evidence)
    return [*(harmless(cell) for cell in cells), len(row.events)]


def harmless(text: str) -> str:
    """The text on one line, escaped so that no spreadsheet runs it as a formula."""
    return _FORMULA.sub(r"\1'", one_line(text))
