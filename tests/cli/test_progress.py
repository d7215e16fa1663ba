"""On a terminal one line names who is being waited for; it fits, and nothing of it stays."""

import io
import os
import re
from unittest import mock

import pytest

from cli.progress import Progress


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        return True


def lines(stream: io.StringIO) -> list[str]:
    """What was to be seen, one after the other."""
    return stream.getvalue().split("\r\x1b[K")[1:]


def test_who_was_asked_everything_is_not_waited_for() -> None:
    terminal = Terminal()
    progress = Progress(terminal, ["prometheus", "production"])
    progress("prometheus", 1, "GET /rules")
    progress.fetched("prometheus")
    progress.fetched("production")
    progress.done()
    assert lines(terminal) == [
        "waiting for answers: prometheus 0, production 0",
        "waiting for answers: prometheus 1, production 0",
        "waiting for answers: production 0",
        "reading the answers",
        "",
    ]


@pytest.mark.parametrize("columns", [20, 60, 200])
def test_the_line_fits_the_terminal(columns: int) -> None:
    terminal = Terminal()
    with mock.patch.dict(os.environ, {"COLUMNS": str(columns)}):
        Progress(terminal, [f"cluster-{number}" for number in range(30)])
    (line,) = lines(terminal)
    assert len(line) == columns - 1
    assert line.startswith("waiting for answers"[: columns - 2])


def test_a_source_that_answers_too_late_is_not_shown_over_the_table() -> None:
    for verbose in (False, True):
        terminal = Terminal()
        progress = Progress(terminal, ["slow"], verbose=verbose)
        progress.done()
        before = terminal.getvalue()
        progress("slow", 1, "GET /late")
        progress.fetched("slow")
        progress.done()
        assert terminal.getvalue() == before


def test_verbose_has_what_was_asked_and_when_each_source_was_done() -> None:
    stream = io.StringIO()
    progress = Progress(stream, ["prom", "slow"], verbose=True)
    progress("prom", 1, "GET /rules\x1b[2J")
    progress.fetched("prom")
    progress.done()
    asked, took, left = stream.getvalue().splitlines()
    assert asked.endswith(" s  prom: GET /rules [2J")
    assert re.fullmatch(r"prom: 1 answer within \d+\.\d\d s", took)
    assert left == "slow: 0 answers and it was not done"


def test_nothing_is_drawn_where_nobody_looks() -> None:
    stream = io.StringIO()
    progress = Progress(stream, ["prom"])
    progress("prom", 1, "GET /rules")
    progress.done()
    assert stream.getvalue() == ""
