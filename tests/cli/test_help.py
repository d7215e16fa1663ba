"""The help that is printed at once is the one that typer makes."""

import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

from cli import quick_help
from tests.cli.command import COMMAND, pm_timeline
from tests.cli.pseudo_terminal import shown
from tests.examples import rarely

KEPT = Path(quick_help.TEXT)


def made(folder: Path, *, columns: int = 80) -> str:
    """What typer makes of the options."""
    return pm_timeline("--help", folder=folder, env={"COLUMNS": str(columns)}).out


def test_the_text_that_is_kept_is_what_typer_makes(tmp_path: Path) -> None:
    assert KEPT.read_text() == made(tmp_path), "write it again: python -m tests.cli.test_help"


@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize("columns", ["", rarely("50"), rarely("79"), "80", rarely("200"), rarely("0"), "wide"])
def test_every_width_gets_what_typer_makes_for_it(tmp_path: Path, option: str, columns: str) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "COLUMNS": columns}
    done = subprocess.run([COMMAND, option], env=env, capture_output=True, text=True, check=True)
    width = int(columns) if columns.isdecimal() and int(columns) else 80
    assert done.stdout == made(tmp_path, columns=width)
    assert done.stderr == ""


@pytest.mark.parametrize("columns", [60, 120])
def test_the_terminal_decides_where_nothing_else_does(tmp_path: Path, columns: int) -> None:
    assert shown(["--help"], columns=columns, folder=tmp_path) == made(tmp_path, columns=columns)


@pytest.mark.parametrize(
    "arguments",
    [
        ["pm-timeline"],
        ["pm-timeline", "--help", "--from", "14:00"],
        ["pm-timeline", "record", "--help"],
        ["__main__.py", "--help"],
    ],
)
def test_whatever_else_is_asked_is_left_to_typer(arguments: list[str]) -> None:
    with mock.patch.dict(os.environ, {"COLUMNS": "80"}):
        assert not quick_help.print_help(arguments)


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run([COMMAND, "--help"], env=env, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    with open("/dev/full", "w") as full:
        done = subprocess.run([COMMAND, "--help"], env=env, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "pm-timeline: stdout: No space left on device\n")


if __name__ == "__main__":
    from tempfile import TemporaryDirectory

    # Else typer calls the command `python -m`.
    __package__ = ""
    with TemporaryDirectory() as empty:
        sys.stdout.write(f"{KEPT}\n")
        KEPT.write_text(made(Path(empty)))
