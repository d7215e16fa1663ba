"""On a terminal one line names who is being waited for; it fits, and nothing of it stays."""

import io
import os
import pty
import re
import termios
from pathlib import Path
from unittest import mock

import pytest

from cli.progress import Progress
from tests.cli.command import pm_timeline
from tests.servers.process import ROOT

DEMO = ROOT / "fixtures" / "checkout-incident.zip"


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


def test_the_line_fits_the_terminal_also_where_stdout_is_a_file() -> None:
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 50))
    with os.fdopen(slave, "w") as terminal, os.fdopen(master, "rb", buffering=0) as screen:
        Progress(terminal, [f"cluster-{number}" for number in range(30)])
        (_, line) = screen.read(4096).decode().split("\r\x1b[K")
    assert len(line) == 49


@pytest.mark.parametrize("arguments", [("--replay", DEMO), ("check", "--config", "pm-timeline.toml")])
def test_a_signal_clears_the_line(
    arguments: tuple[str | Path, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pm-timeline.toml").write_text('[sources.prom]\ntype = "prometheus"\nurl = "http://127.0.0.1:1"\n')
    cleared: list[bool] = []

    def ended(*_: object, **__: object) -> None:
        raise SystemExit(143)

    monkeypatch.setattr("cli.extract.run", ended)
    monkeypatch.setattr("collector.check.check", ended)
    monkeypatch.setattr(Progress, "done", lambda _: cleared.append(True))
    assert pm_timeline(*arguments, folder=tmp_path).code == 143
    assert cleared


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
