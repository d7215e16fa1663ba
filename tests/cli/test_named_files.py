"""Files that people name by mistake: the commands wait for none of them, and take none into memory whole."""

import os
from pathlib import Path

import pytest

from cli.demo import BUNDLE
from collector.bounded_file import LARGEST
from tests.cli.command import pm_timeline

COMMANDS = {
    "lint": ("lint",),
    "update": ("update", "--replay", BUNDLE),
    "verify": ("verify", "--replay", BUNDLE),
    "new": ("new", "out.md", "--replay", BUNDLE, "--template"),
}


@pytest.fixture
def named(tmp_path: Path) -> dict[str, Path]:
    found = {name: tmp_path / name for name in ("pipe", "large", "binary")}
    os.mkfifo(found["pipe"])
    found["large"].touch()
    os.truncate(found["large"], (LARGEST << 20) + 1)
    found["binary"].write_bytes(b"\0" * 100)
    return found


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("name", "message"), [("pipe", "is a pipe or a device"), ("large", "is larger than 8 MiB")])
def test_what_cannot_be_text_of_people_is_refused_in_one_line(
    command: str, name: str, message: str, named: dict[str, Path], tmp_path: Path
) -> None:
    done = pm_timeline(*COMMANDS[command], named[name], folder=tmp_path)
    assert done.code == 2
    assert message in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("command", ["lint", "update", "verify"])
def test_a_binary_file_is_no_postmortem_and_left_as_it_is(command: str, named: dict[str, Path], tmp_path: Path) -> None:
    done = pm_timeline(*COMMANDS[command], named["binary"], folder=tmp_path)
    assert done.code == 2
    assert "is no text" in done.err
    assert named["binary"].read_bytes() == b"\0" * 100
