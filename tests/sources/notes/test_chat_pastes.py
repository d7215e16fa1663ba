"""Pastes from chats have their speakers and times."""

import pytest

from sources.notes.chat_pastes import in_lines
from sources.notes.lines import Note, notes


def read(text: str) -> list[tuple[str, str]]:
    found = [each for each in notes(in_lines(text.split("\n"))) if isinstance(each, Note)]
    return [(f"{note.stamp.clock:%H:%M}", note.text) for note in found]


@pytest.mark.parametrize(
    "text",
    [
        "Maria Ortiz  2:12 PM\nit is the new deploy\nsee the graph\n\nsam  2:18 PM\nrolling back",
        "Maria Ortiz\n  2:12 PM\nit is the new deploy\nsee the graph\n\nsam\n  2:18 PM\nrolling back",
        "Maria Ortiz, 2:12 PM\nit is the new deploy\nsee the graph\nsam, 2:18 PM\nrolling back",
        "[2:12 PM] Maria Ortiz\nit is the new deploy\nsee the graph\n[2:18 PM] sam\nrolling back",
        "Maria Ortiz  14:12\n\nit is the new deploy\nsee the graph\nsam :palm_tree:  14:18\nrolling back",
        "Maria Ortiz 2:12 PM\nit is the new deploy\nsee the graph\nsam [2:18 PM]\nrolling back",
        "Maria Ortiz, Wednesday 2:12 PM\nit is the new deploy\nsee the graph\nsam, Yesterday 2:18 PM\nrolling back",
        "Maria Ortiz Yesterday 2:12 PM\nit is the new deploy\nsee the graph\nsam APP  2:18 PM\nrolling back",
        "Maria Ortiz\nToday at 2:12 PM\nit is the new deploy\nsee the graph\n\nsam\ntoday at 2:18 PM\nrolling back",
        "Maria Ortiz — Today at 2:12 PM\nit is the new deploy\nsee the graph\nsam — Today at 14:18\nrolling back",
    ],
)
def test_who_spoke_and_when_stand_above_the_text(text: str) -> None:
    assert read(text) == [
        ("14:12", "Maria Ortiz: it is the new deploy see the graph"),
        ("14:18", "sam: rolling back"),
    ]


def test_later_messages_of_the_same_person_have_their_own_times() -> None:
    text = "Maria Ortiz  2:12 PM\nlooking\n2:14 PM\nit is the deploy"
    assert read(text) == [("14:12", "Maria Ortiz: looking"), ("14:14", "Maria Ortiz: it is the deploy")]


@pytest.mark.parametrize(
    ("first", "clocks"),
    [
        ("2:12 PM", ["14:12", "14:14", "14:20"]),
        ("2:12 AM", ["02:12", "02:14", "02:20"]),
        ("02:12", ["02:12", "02:14", "02:20"]),
    ],
)
def test_later_messages_are_of_the_same_half_of_the_day(first: str, clocks: list[str]) -> None:
    text = f"Maria Ortiz  {first}\nlooking\n2:14\nit is the deploy\n2:20\nrolling back"
    assert [clock for clock, _ in read(text)] == clocks


def test_later_messages_past_noon_and_midnight_are_of_the_other_half() -> None:
    noon = "Maria Ortiz  11:58 AM\nlooking\n12:03\nfound it\n12:20\ngone\n1:05\nthat was it"
    assert [clock for clock, _ in read(noon)] == ["11:58", "12:03", "12:20", "13:05"]
    midnight = "Maria Ortiz  11:58 PM\nlooking\n12:03\nfound it\n1:05\nthat was it"
    assert [clock for clock, _ in read(midnight)] == ["23:58", "00:03", "01:05"]


@pytest.mark.parametrize(
    "text",
    [
        "14:12 Maria: it is the deploy\nwe rolled back at 2:18 PM\nand it is fine",
        "14:12 Maria: it is the deploy\nthe alert was resolved, 14:20\nafter that all is well",
        "[14:12] dana: looking\n[14:13] dana: found it",
        "| 14:18 | Sam starts the rollback |",
    ],
)
def test_what_is_no_chat_stays_as_it_is(text: str) -> None:
    assert in_lines(text.split("\n")) == text.split("\n")


def test_a_weekday_before_a_date_is_nobody() -> None:
    text = "Wednesday, April 1, 2026 2:12 PM\nMaria Ortiz: it is the new deploy"
    assert read(text) == [("14:12", "Maria Ortiz: it is the new deploy")]
    (note,) = [each for each in notes(in_lines(text.split("\n"))) if isinstance(each, Note)]
    assert note.stamp.written is not None
    assert note.stamp.written.weekday == 2
