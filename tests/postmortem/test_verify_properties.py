"""`verify` on any text, and on tables of our own in which one time is wrong."""

from datetime import datetime, timedelta
from functools import cache

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cli.render.as_markdown import pieces
from cli.render.clean import one_line
from cli.render.look import Look
from collector.postmortem.verify.check import verify
from collector.postmortem.verify.finding import Verdict
from collector.result import Timeline
from collector.row import Row
from tests.examples import examples
from tests.incidents.measure import FOLDER
from tests.incidents.pipeline import read
from tests.postmortem.evidence import timeline

NAMES = ("config-from-s3", "two-deploys-one-guilty", "revert-to-old-image", "outside-dependency", "clock-change-night")
FRAGMENTS = st.sampled_from(
    (
        "14:06",
        "2:06 PM",
        "25:99",
        "14:06:15Z",
        "2026-04-01",
        "9999-12-31 23:59",
        "0001-01-01 00:00",
        "+14:00",
        "UTC+2",
        "CST",
        "(IST)",
        "Europe/Berlin",
        "40%",
        "99999999999999999999%",
        "1.5.0",
        "v1.4.9",
        "1.2.3.4.5",
        "b462487",
        "run 482",
        "run 99999999999999999999",
        "6 of 6",
        "12,388 of 34,098",
        "18 minutes",
        "9999999999 hours",
        "2 h 5 min",
        "CheckoutHighErrorRatio",
        "checkout",
        "alert",
        "fires",
        "rollback",
        "from",
        "to",
        "between",
        "and",
        "until",
        "pods",
        "because",
        "| ",
        "|---|",
        "\n",
        "\n\n",
        "- ",
        "# ",
        "```",
        "<!--",
        "-->",
        "<details>",
        "[a](",
        ")",
        "[",
        "]",
        "**",
        "\\",
        "\u202e",
        "\x1b[0m",
        "\x00",
        "\ud83d\ude00",
        ". ",
        ", ",
        "; ",
        "\r\n",
        "~",
        ":",
    )
)
ANY = st.one_of(
    st.text(max_size=300), st.lists(FRAGMENTS, max_size=60).map(" ".join), st.lists(FRAGMENTS, max_size=60).map("".join)
)


@given(ANY)
def test_any_text_is_read_and_the_same_text_gives_the_same_findings(text: str) -> None:
    found = verify(text, timeline())
    assert found == verify(text, timeline())
    count = text.count("\n") + 1
    for one in found:
        assert 1 <= one.line <= count
        assert one.text
        assert one_line(one.evidence)


@cache
def incident(name: str) -> Timeline:
    return read(FOLDER / name / "bundle.zip").timeline()


def known(row: Row, all_of_it: Timeline) -> list[tuple[datetime, datetime]]:
    """When something of the same sort is known to have happened."""
    family = row.kind.value.partition(".")[0]
    alike = (
        ("deploy", "rollout", "rollback", "ci", "pod")
        if family in ("deploy", "rollout", "rollback", "pod")
        else (family,)
    )
    kinds = (*alike, "alert", "errors") if family in ("alert", "errors") else alike
    if family == "note":
        # What people write may be about anything.
        kinds = ("",)
    events = [one.occurrence.best for one in all_of_it.decisions if one.occurrence.kind.value.startswith(kinds)]
    return [(row.earliest or row.at, row.latest or row.at), *((one.earliest, one.latest) for one in events)]


@pytest.mark.thorough
@examples(4)
@given(st.sampled_from(NAMES), st.integers(0, 30), st.integers(121, 3 * 3600), st.booleans())
def test_a_time_of_our_own_table_that_is_moved_is_contradicted(
    name: str, number: int, seconds: int, back: bool
) -> None:
    evidence = incident(name)
    rows = evidence.rows
    row = rows[number % len(rows)]
    moved = row.at + timedelta(seconds=-seconds if back else seconds)
    # Where the same happened more than once, or within an interval, another time may be as true.
    near = timedelta(minutes=2)
    assume(not any(first - near <= moved <= last + near for first, last in known(row, evidence)))
    made = pieces(evidence, Look())
    lines = ["# A", "", "## Timeline", "", "| Time | Event |", "|---|---|"]
    local = evidence.window.local
    for one, cells in zip(rows, made.rows, strict=True):
        at = moved if one is row else one.at
        offset = local(at).isoformat()[-6:] if name == "clock-change-night" else ""
        lines.append(f"| {local(at):%Y-%m-%d %H:%M}{offset} | {cells.cells[1]} |")
    found = [one for one in verify("\n".join(lines), evidence) if one.verdict == Verdict.CONTRADICTED]
    assert [(one.type, one.line) for one in found] == [("time", 7 + rows.index(row))]
