"""Any Markdown is read without an error, and of tables and lists nothing disappears without a word."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collector.postmortem.recurrences.read import read_postmortem
from tests.examples import examples, rarely

PIECES = st.sampled_from(
    ["# ", "## Timeline\n", "## Action items\n", "## Root Cause\n", "- [ ] ", "- [x] ", "| ", " |\n", "|---|---|\n",
     "\n", "---\n", "date: ", "**Date:** ", "```\n", "<!-- ", "-->", "14:03", "2026-04-01", "31/02/2026", "99:99",
     "\r\n",
     "\t", "| Time | Event |\n|---|---|\n", "| Action | Owner | Due | Status |\n|---|---|---|---|\n", "+++\n",
     "&a [*a, *a]",
     "<!-- pm-timeline from=2026-04-01T14:00:00Z tz=X -->\n", "<!-- /pm-timeline -->\n", "25:00 pm", "due 9999-12-31",
     "00:00+24:00", "by Q4 9999", "0001-01-01 00:01+10:00", "1 h 99999999999999999999 d"]
)  # fmt: skip
_NOT_YET = (*("tba", "tbd", "tbc", "todo", "n/a", "na", "none"), *("unknown", "unassigned", "asap"))
"""What people write for a day that they do not know."""
CELL = st.text(st.characters(blacklist_characters="|\\\n\r<`", blacklist_categories=["Cs", "Cc"]), max_size=12)


@examples(60)
@given(st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=40).map("".join))
def test_any_text_is_read(text: str) -> None:
    made, unread = read_postmortem(text, "a.md")
    assert made is not None or unread
    assert read_postmortem(text, "a.md") == (made, unread)
    lines = text.count("\n") + 1
    assert all(0 <= one.line <= lines for one in unread)


@examples(50)
@example([("0", "", "X\xa0", "")])
@given(st.lists(st.tuples(CELL, CELL, CELL, CELL), min_size=1, max_size=8))
def test_every_action_of_a_table_is_there_or_named(rows: list[tuple[str, ...]]) -> None:
    body = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    text = f"# A\n\n## Actions\n\n| Action | Owner | Due | Status |\n|---|---|---|---|\n{body}"
    made, unread = read_postmortem(text, "a.md")
    assert made is not None
    seen = {action.line for action in made.actions} | {one.line for one in unread}
    for line, row in enumerate(rows, 7):
        assert line in seen or not any(cell.split() for cell in row)
        action = next((one for one in made.actions if one.line == line), None)
        if action and action.due is None and any(char.isalnum() for char in row[2]):
            named = {one.line for one in unread if "due date" in one.reason}
            assert (
                line in named
                or row[2].strip().casefold() in _NOT_YET
                or not set(row[2].strip()) - set("xX_ -\u2013\u2014?.\u2026*")
            )


@examples(50)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8))
def test_every_row_of_a_timeline_is_used_or_named(rows: list[tuple[str, str]]) -> None:
    from collector.postmortem.recurrences.entries import entries
    from collector.postmortem.recurrences.sections import readable

    body = "".join(f"| {time} | {event} |\n" for time, event in rows)
    found, unread = entries(readable(f"# A\n\n## Timeline\n\n| Time | Event |\n|---|---|\n{body}"), None)
    seen = {one.line for one in found} | {line for line, _ in unread}
    for line, row in enumerate(rows, 7):
        assert line in seen or not any(cell.split() for cell in row)


@examples(50)
@given(st.lists(st.tuples(st.booleans(), CELL.filter(lambda text: bool(text.split()))), min_size=1, max_size=8))
def test_every_task_is_there_wherever_it_stands(tasks: list[tuple[bool, str]]) -> None:
    body = "".join(
        f"{'    ' if at % 2 else ''}- [{'x' if done else ' '}] w {text}\n" for at, (done, text) in enumerate(tasks)
    )
    made, _ = read_postmortem(f"# A\n\n## Impact\n\n- none\n{body}", "a.md")
    assert made is not None
    assert [one.line for one in made.actions] == list(range(6, 6 + len(tasks)))


@pytest.mark.parametrize(
    "filling",
    [
        " " * 20_000 + "\n",
        rarely("a1 14:03 2026-01-01 Alert AbCd fires " * 4_000),
        rarely("| Time | B |\n" + "| 14:03 | x |\n" * 5_000),
    ],
)
def test_no_text_takes_for_ever(filling: str) -> None:
    # Less than a second; before, minutes.
    began = time.process_time()
    read_postmortem(f"# A\n\n## Timeline\n\n- 14:03 x\n{filling * 3}", "a.md")
    assert time.process_time() - began < 20
