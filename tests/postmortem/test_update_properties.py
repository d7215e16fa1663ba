"""Whatever people do to the table, and however often it is refreshed: no word of theirs is lost."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tests.postmortem.documents import generated, generated_row, rows, table, update, with_table

VERBS = ("reword", "append", "prepend", "rewrite", "delete", "add", "retime", "column", "copy", "swap", "pad", "beside")
EDITS = st.tuples(st.sampled_from(VERBS), st.integers(0, 30), st.integers(0, 59))
EVIDENCE = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 59), st.booleans()), max_size=8)
ROUNDS = st.lists(st.tuples(st.lists(EDITS, max_size=4), EVIDENCE), min_size=1, max_size=5)
DOCUMENT = "---\ntitle: é\n---\n# Postmortem\n\nWords before.\n\n## Timeline\n\nWords after \u2028 | a | b |\n"
_HAND = re.compile(r"hand[0-9]+x")


def evidence(found: list[tuple[int, int, bool]]) -> list:
    """Rows of up to eight things; what each is about has a time and words that newer evidence changes."""
    return [
        generated_row(
            number,
            minute,
            f"thing{number}x of the service {'fires again' if again else 'starts'}",
            linked=number % 3 > 0,
        )
        for number, minute, again in {each[0]: each for each in found}.values()
    ]


class Person:
    """Edits the table, and knows what must be in the document from then on."""

    def __init__(self) -> None:
        self.words: set[str] = set()
        self.deleted: set[str] = set()

    def word(self) -> str:
        word = f"hand{len(self.words)}x"
        self.words.add(word)
        return word

    def edit(self, text: str, verb: str, at: int, minute: int) -> str:
        if verb == "beside":
            return text.replace("\nStarted", f"\n{self.word()}\n\nStarted", 1) if "\nStarted" in text else text
        if "| Event |" not in text:
            return text
        now = table(text)
        columns, new = now.columns, [list(row) for row in now.rows]
        place, event = at % max(len(new), 1), columns.index("Event")
        if verb == "add":
            new.insert(place, [f"14:{minute:02}", f"{self.word()} looks", *[""] * (len(columns) - 2)])
        elif verb == "column" and len(columns) < 6:
            columns = (*columns, f"Owner {self.word()}")
            new = [[*row, self.word()] for row in new]
        elif new and verb == "delete" and not _HAND.search(" ".join(new[place])):
            self.deleted |= set(re.findall(r"thing[0-9]x", new.pop(place)[event]))
        elif new and verb == "reword" and "service" in new[place][event]:
            new[place][event] = new[place][event].replace("service", self.word())
        elif new and verb in ("append", "prepend"):
            parts = [new[place][event], self.word()]
            new[place][event] = " ".join(parts if verb == "append" else parts[::-1])
        elif new and verb == "rewrite" and not _HAND.search(new[place][event]):
            new[place][event] = self.word()
        elif new and verb == "retime":
            new[place][0] = f"14:{minute:02}"
        elif new and verb == "copy":
            new.append(list(new[place]))
        elif new and verb == "swap":
            new[0], new[place] = new[place], new[0]
        elif new and verb == "pad":
            new[place][event] = new[place][event].replace("of", "o\\f ".strip()).replace("(", "\\(")
        return with_table(text, columns, [tuple(row) for row in new])


@given(ROUNDS, st.booleans())
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
        assert person.words <= set(_HAND.findall(text.partition("<!-- /pm-timeline")[0]))
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
