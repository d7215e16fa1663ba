"""Every command ends with one line and 2 where stdout takes nothing."""

import io
import re
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import cli.main
from tests.examples import rarely
from tests.servers.process import ROOT

DEMO = str(ROOT / "fixtures" / "checkout-incident.zip")
COMMANDS = (
    ("--replay", DEMO, "--format", "csv"),
    # The extra `png` is no part of what the wheel's test installs.
    *([("--replay", DEMO, "--format", "png")] if find_spec("resvg_py") else ()),
    ("--version",),
    ("explain", DEMO, "1"),
    ("explain", "--help"),
    ("lint", "notes.md"),
    ("update", "notes.md", "--from", "2026-04-01 14:00", "--replay", DEMO, "--diff"),
    ("verify", "notes.md", "--replay", DEMO),
    ("init",),
)

# typer prints no help where stdout is closed.
CASES = [(each, closed) for closed in (False, True) for each in COMMANDS if not (closed and "--help" in each)]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("command", "closed"),
    [case if number % 3 == 0 else rarely(*case) for number, case in enumerate(CASES)],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else ["full", "closed"][value],
)
def test_a_stdout_that_takes_nothing_is_one_line(
    command: tuple[str, ...], closed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes.md").write_text("# Postmortem\n\n## Timeline\n\n14:12 Maria: it is the deploy of 1.5.0\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setattr(sys, "argv", ["pm-timeline", *command])
    monkeypatch.setattr(sys, "stderr", said := io.StringIO())
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", None if closed else full)
        with pytest.raises(SystemExit) as end:
            cli.main.run()
    assert end.value.code == 2
    lines = [line for line in said.getvalue().splitlines() if not line.startswith(("window", "notice"))]
    assert len(lines) == 1, lines
    assert re.match(r"pm-timeline: stdout(?: is closed|: cannot be written \(No space left on device\))", lines[0])


def test_there_is_one_place_that_writes_to_stdout() -> None:
    writers = {
        file.name
        for file in Path(cli.main.__file__).parent.rglob("*.py")
        if re.search(r"stdout(?:\.buffer)?\.write|(?<![.\w])print\((?!.*file=)", file.read_text())
    }
    assert writers == {"stdout.py", "quick_help.py"}
