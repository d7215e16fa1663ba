"""Prose with times, and logs that count from a time: what is read, and what is quoted."""

import pytest

from tests.sources.notes.reading import read


@pytest.mark.parametrize(
    ("text", "notes", "why"),
    [
        (
            "At 14:12 Maria found the cause. It was the new deploy. "
            "At 14:18 Sam started the rollback. It ended at 14:22.",
            [
                "14:12 Maria found the cause. It was the new deploy.",
                "14:18 Sam started the rollback.",
                "14:22 It ended at 14:22.",
            ],
            [],
        ),
        (
            "At 14:12 UTC, Maria found\nthe cause. At 16:18 CEST,\nSam started the rollback.",
            ["14:12 Maria found the cause.", "14:18 Sam started the rollback."],
            [],
        ),
        ("Um 14:12 Uhr fand Maria die Ursache.", ["14:12 fand Maria die Ursache."], []),
        # Which of several times is that of what happened is not clear, and neither is the zone.
        (
            "At 14:12 Maria saw it and at 14:18 Sam rolled back. At 14:22 it was over.",
            ["14:22 it was over."],
            ['notes.md:1 has several times: "At 14:12 Maria saw it and at 14:18 Sam rolled back."'],
        ),
        (
            "At 14:12 Maria saw it.\nIt had failed since 14:03.",
            ["14:12 Maria saw it."],
            ['notes.md:2 has a time that may not be that of what it reports: "It had failed since 14:03."'],
        ),
        (
            "Checkout was slow. At 14:12 CST Maria saw it.",
            [],
            [
                'notes.md:1 has no time and follows no note: "Checkout was slow."',
                "notes.md:1 has a time in CST, which has several meanings (Chicago, China or Cuba): "
                '"At 14:12 CST Maria saw it."',
            ],
        ),
        # What continues a message is not prose.
        (
            "Maria Ortiz  2:12 PM\nit is the new deploy.\nAt 14:02 it went out.",
            ["14:12 Maria Ortiz: it is the new deploy. At 14:02 it went out."],
            [],
        ),
    ],
)
def test_sentences_that_begin_with_a_time_are_notes(text: str, notes: list[str], why: list[str]) -> None:
    assert read(text) == (notes, why)


@pytest.mark.parametrize(
    "line", ["T+4 alert fires", "- T+4m: alert fires", "T-4 deploy", "+4m alert fires", "+ 4 min alert fires"]
)
def test_an_offset_without_a_declared_start_is_quoted_and_continues_no_note(line: str) -> None:
    notes, (quoted,) = read(f"14:02 deploy\n{line}")
    assert notes == ["14:02 deploy"]
    assert quoted.startswith("notes.md:2 has a distance from a start that no line declares")
    assert line in quoted


def test_an_item_of_a_list_with_two_words_before_its_time_does_not_continue_the_one_before() -> None:
    notes, _ = read("1. At 14:12 Maria found the cause.\n2. At around 14:18 Sam rolled back.")
    assert notes == ["14:12 Maria found the cause.", "14:18 Sam rolled back."]


@pytest.mark.parametrize("zone", ["", " UTC"])
def test_times_alone_on_their_lines_are_quoted_if_the_last_line_is_one(zone: str) -> None:
    notes, quoted = read(f"Maria Ortiz\nit is the new deploy\n14:12{zone}\nSam Okafor\nrolling back\n14:18{zone}")
    assert notes == []
    assert len(quoted) == 6
