"""Somebody who edits a timeline as people do, and evidence that changes meanwhile."""

import re

from hypothesis import strategies as st

from tests.postmortem.documents import generated_row, table, with_table

VERBS = ("reword", "append", "prepend", "rewrite", "delete", "add", "retime", "column", "copy", "swap", "pad", "beside")
EDITS = st.tuples(st.sampled_from(VERBS), st.integers(0, 30), st.integers(0, 59))
EVIDENCE = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 59), st.booleans()), max_size=8)
ROUNDS = st.lists(st.tuples(st.lists(EDITS, max_size=4), EVIDENCE), min_size=1, max_size=5)
HAND = re.compile(r"hand[0-9]+x")


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
        if not re.search(r"\|\s*Event\s*\|", text):
            return text
        now = table(text)
        columns, new = now.columns, [list(row) for row in now.rows]
        place, event = at % max(len(new), 1), columns.index("Event")
        if verb == "add":
            new.insert(place, [f"14:{minute:02}", f"{self.word()} looks", *[""] * (len(columns) - 2)])
        elif verb == "column" and len(columns) < 6:
            columns = (*columns, f"Owner {self.word()}")
            new = [[*row, self.word()] for row in new]
        elif new and verb == "delete" and not HAND.search(" ".join(new[place])):
            self.deleted |= set(re.findall(r"thing[0-9]x", new.pop(place)[event]))
        elif new and verb == "reword" and "service" in new[place][event]:
            new[place][event] = new[place][event].replace("service", self.word())
        elif new and verb in ("append", "prepend"):
            parts = [new[place][event], self.word()]
            new[place][event] = " ".join(parts if verb == "append" else parts[::-1])
        elif new and verb == "rewrite" and not HAND.search(new[place][event]):
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
