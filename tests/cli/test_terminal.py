"""The table on a terminal, as golden files; `python -m tests.cli.test_terminal` writes them again, to be looked at."""

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from rich.cells import cell_len

from cli.demo import BUNDLE
from tests.cli.pseudo_terminal import shown
from tests.examples import rarely

GOLDEN = Path(__file__).parent / "terminal"
WIDTHS = (80, 120, 200)
MODES = {
    "colour": {"TERM": "xterm-256color"},
    "no-colour": {"TERM": "xterm-256color", "NO_COLOR": "1"},
    "dumb": {"TERM": "dumb"},
}
# A terminal that can nothing is taken for one of 80 columns.
CASES = [(width, mode) for width in WIDTHS for mode in MODES if mode != "dumb" or width == 80]
_ALWAYS = {(80, "colour")}
_LINK = re.compile(r"\x1b\]8;(id=\d+)?;(.*?)\x1b\\")
_STYLE = re.compile(r"\x1b\[[\d;]*m")


def printed(width: int, mode: str, folder: Path) -> str:
    """The identifiers of links, which differ from run to run, are left out."""
    text = shown(["--replay", BUNDLE, "-q"], columns=width, folder=folder, env=MODES[mode])
    return _LINK.sub(lambda link: f"\x1b]8;;{link[2]}\x1b\\", text)


def bare(text: str) -> str:
    return _STYLE.sub("", _LINK.sub("", text))


@pytest.mark.parametrize(("width", "mode"), [case if case in _ALWAYS else rarely(*case) for case in CASES])
def test_the_table_is_the_golden_one(width: int, mode: str, tmp_path: Path) -> None:
    kept = (GOLDEN / f"{width}-{mode}.txt").read_text()
    assert printed(width, mode, tmp_path) == kept, "look at what changed: python -m tests.cli.test_terminal; git diff"


@pytest.mark.parametrize("width", WIDTHS)
def test_what_the_golden_files_have(width: int) -> None:
    colour, plain = ((GOLDEN / f"{width}-{mode}.txt").read_text() for mode in ("colour", "no-colour"))
    assert bare(colour) == bare(plain)
    lines = bare(plain).splitlines()
    assert max(cell_len(line) for line in lines) <= width
    table = lines[1 : lines.index("")]
    times = [line for line in table if re.match(r"\d\d:\d\d ", line)]
    assert len(times) == 8
    # At 80 columns a row may go on in a second line, with more room none does.
    assert len(table) <= (16 if width == 80 else 8)
    assert {link[1] for link in _LINK.findall(colour)} == {link[1] for link in _LINK.findall(plain)} != set()
    colours = re.compile(r"\x1b\[(?:\d+;)*3[0-7]m")
    assert colours.search(colour)
    assert not colours.search(plain)


def test_a_terminal_that_can_nothing_gets_the_text_alone() -> None:
    assert (GOLDEN / "80-dumb.txt").read_text() == bare((GOLDEN / "80-colour.txt").read_text())


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    with TemporaryDirectory() as empty:
        for width, mode in CASES:
            file = GOLDEN / f"{width}-{mode}.txt"
            file.write_text(printed(width, mode, Path(empty)))
            sys.stdout.write(f"{file}\n")
