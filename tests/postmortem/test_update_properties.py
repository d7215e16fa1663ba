"""Whatever people do to the table, and however often it is refreshed: no word of theirs is lost."""

from hypothesis import example, given
from hypothesis import strategies as st

from tests.postmortem.documents import generated, rows, table, update, with_table
from tests.postmortem.person import EVIDENCE, HAND, ROUNDS, Person, evidence

DOCUMENT = "---\ntitle: é\n---\n# Postmortem\n\nWords before.\n\n## Timeline\n\nWords after \u2028 | a | b |\n"


@example(rounds=[([("delete", 0, 0), ("delete", 0, 0), ("beside", 0, 0)], [])], crlf=False)
@example(rounds=[([("delete", 0, 0), ("delete", 0, 0), ("beside", 0, 0)], [(0, 0, False)])], crlf=False)
@given(rounds=ROUNDS, crlf=st.booleans())
def test_no_word_is_lost_and_a_second_run_changes_nothing(rounds: list, crlf: bool) -> None:
    person = Person()
    text = update(
        DOCUMENT.replace("\n", "\r\n") if crlf else DOCUMENT, generated(*evidence([(0, 5, False), (1, 9, False)]))
    )
    for edits, found in rounds:
        for verb, at, minute in edits:
            text = person.edit(text, verb, at, minute)
        made = generated(*evidence(found))
        text = update(text, made)
        assert update(text, made) == text
        assert person.words <= set(HAND.findall(text.partition("<!-- /pm-timeline")[0]))
        plain = text.replace("\r\n", "\n")
        assert plain.startswith(DOCUMENT.partition("## Timeline")[0])
        assert plain.endswith(DOCUMENT.partition("## Timeline")[2])
        assert ("\r\n" in text) is crlf
        assert not crlf or "\n" not in text.replace("\r\n", "")


@given(st.lists(st.integers(0, 7), unique=True, max_size=5), st.lists(EVIDENCE, min_size=1, max_size=4))
def test_a_deleted_row_stays_deleted_and_all_others_are_there(gone: list[int], later: list) -> None:
    every = [(number, 5 + number, False) for number in range(8)]
    text = update(DOCUMENT, generated(*evidence(every)))
    kept = [row for row in rows(text) if not any(f"thing{number}x" in row[1] for number in gone)]
    text = with_table(text, table(text).columns, kept)
    for found in (*later, every):
        text = update(text, generated(*evidence(found)))
        events = [row[1] for row in rows(text)] if "| Event |" in text else []
        there = {number for number, _, _ in found}
        for number in range(8):
            ours = [event for event in events if f"thing{number}x" in event]
            assert len(ours) == (number not in gone)
            assert all(("no longer in the evidence" in event) is (number not in there) for event in ours)
    if len(gone) < 8:
        times = [row[0] for row in rows(text)]
        assert times == sorted(times)


@given(EVIDENCE, EVIDENCE)
def test_without_edits_the_table_is_the_newest(first: list, second: list) -> None:
    both = {each[0]: each for each in (*first, *second)}
    made = generated(*evidence(list(both.values())))
    text = update(update(DOCUMENT, generated(*evidence(first))), made)
    assert set(rows(text)) == {row.cells for row in made.rows} if both else "| Event |" not in text
