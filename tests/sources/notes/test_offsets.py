"""Notes with offsets from a start instead of times, and notes in sentences."""

import pytest

from tests.sources.notes.reading import read


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        (
            "T0 = 14:03 UTC\nT+0 pager goes off\n- T+4: Noor: it is 1.5.0\n  in its parser\n"
            "T-2m30s first error\nT+1h05 late",
            [
                "14:03 pager goes off",
                "14:07 Noor: it is 1.5.0 in its parser",
                "14:00 first error",
                "15:08 late",
            ],
        ),
        ("# Timeline (T0 = 14:03)\n* **T+4** - Noor: bad\n* T+5 min Sam looks", ["14:07 Noor: bad", "14:08 Sam looks"]),
        ("14:03 (T0) pager\nT+4 migrations run", ["14:03 (T0) pager", "14:07 migrations run"]),
        (
            "| Time | Event |\n|---|---|\n| T0 (16:03 CEST) | pager |\n| T+4 | bad | Sam |",
            ["14:03 pager", "14:07 bad | Sam"],
        ),
        ("All times are relative to T0 = 14:03.\n\nT+30 minutes rollback", ["14:33 rollback"]),
        ("T0: 2026-03-31 23:58\nT+4 past midnight", ["00:02 past midnight"]),
    ],
    ids=["lines", "list", "time before", "table", "sentence", "midnight"],
)
def test_an_offset_counts_from_the_declared_start(text: str, notes: list[str]) -> None:
    assert read(text) == (notes, [])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("14:03 pager\nT+4 Sam rolls back", "has a distance from a start that no line declares"),
        ("T0 = 14:03\nT0 = 14:05\nT+4 Sam rolls back", "has a distance from a start, and several are declared"),
        ("T0 = 14:03\n14:03 pager\nT+1:05 Sam rolls back", "may be hours or minutes"),
        ("T0 = 14:03\n14:03 pager\n+4 min Sam rolls back", "does not show from what it counts"),
    ],
)
def test_an_unclear_offset_is_refused_and_continues_no_note(text: str, why: str) -> None:
    notes, reasons = read(text)
    assert not any("Sam" in note for note in notes)
    assert any(why in reason and "Sam rolls back" in reason for reason in reasons)


def test_sentences_that_begin_with_a_time_are_notes_and_those_after_them_belong_to_them() -> None:
    text = (
        "At 16:02 CEST Dana deployed 1.5.0. Around 16:06 the alert fired, and Maria\n"
        "looked at it. It was the new deploy. At 16:18 Sam started\nthe rollback.\n\nAt 14:22, all was fine."
    )
    assert read(text) == (
        [
            "14:02 Dana deployed 1.5.0.",
            "14:06 the alert fired, and Maria looked at it. It was the new deploy.",
            "14:18 Sam started the rollback.",
            "14:22 all was fine.",
        ],
        [],
    )


def test_a_time_in_the_middle_of_a_sentence_begins_no_note() -> None:
    assert read("- 14:02 deploy, and\nat 14:05 we saw errors. By 14:09 it was bad") == (
        ["14:02 deploy, and at 14:05 we saw errors. By 14:09 it was bad"],
        [],
    )
