"""What `explain` answers about rows, texts, and what is nowhere."""

from collector.event import Kind
from collector.explain import explain
from collector.gather import Gathered
from collector.scope import Scope
from collector.timeline import Draft, explained_draft
from tests.collector.build import WINDOW, deploy, errors, rollout

EVENTS = (
    *deploy("14:02:05", "14:05:20", 482, "9", "1.5.0", "dana"),
    *rollout(Kind.ROLLOUT_STARTED, "14:02:50", "14:04:30", "14:05:01", "1.5.0", "1.4.9"),
    *errors("14:03:30", "14:22:05"),
)


def _draft() -> Draft:
    return explained_draft(Gathered(EVENTS, ()), WINDOW, Scope())


def test_words_of_a_row_lead_to_the_row() -> None:
    draft = _draft()
    for row in draft.timeline.rows:
        assert f"Row {row.id}: {row.text}" in explain(draft, row.text.upper())


def test_a_number_beyond_the_table_is_read_as_a_text_and_says_so() -> None:
    draft = _draft()
    answer = explain(draft, "482")
    assert answer[0] == f"The table has {len(draft.timeline.rows)} rows; 482 as a text:"
    assert any("run 482" in line for line in answer[1:])


def test_what_is_nowhere_is_answered_in_one_line() -> None:
    assert explain(_draft(), "storefront") == [
        "No row, story or event has storefront; without it, explain lists the rows and the rules"
    ]
