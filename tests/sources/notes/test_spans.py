"""Notes that begin with a span: they have the time of its begin, and their text keeps its end."""

import pytest

from tests.sources.notes.reading import read


@pytest.mark.parametrize(
    ("line", "at", "text"),
    [
        ("14:05-14:10 Ines restarts the printers", "14:05", "Ines restarts the printers (until 14:10)"),
        ("14:05 – 14:10: queue drains", "14:05", "queue drains (until 14:10)"),  # noqa: RUF001 - a dash that people type
        ("- **14:05 to 14:10** queue drains", "14:05", "queue drains (until 14:10)"),
        ("2:05-2:10 PM Ines: printers restart", "14:05", "Ines: printers restart (until 2:10 PM)"),
        ("11:50-12:10 PM lunch is late", "11:50", "lunch is late (until 12:10 PM)"),
        ("16:05-16:10 CEST queue drains", "14:05", "queue drains (until 16:10 CEST)"),
        ("| 14:05-14:10 | Ines | printers restart |", "14:05", "Ines | printers restart (until 14:10)"),
        ("14:05 - 12:30 was the deadline", "14:05", "12:30 was the deadline"),
        ("14:05 a 14:30 meeting is cancelled", "14:05", "a 14:30 meeting is cancelled"),
        ("14:05 - 5 printers are gone", "14:05", "5 printers are gone"),
    ],
)
def test_a_span_begins_the_note(line: str, at: str, text: str) -> None:
    assert read(line) == ([f"{at} {text}"], [])
