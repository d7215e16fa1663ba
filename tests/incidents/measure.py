"""Prints how well the product reads each incident: `python -m tests.incidents.measure [-v] [NAME...]`.

With -v also what is missing, needless and forbidden. `make bench-incidents` runs it, and all gates in full.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.incidents.expected import load_expected
from tests.incidents.pipeline import Read, read
from tests.incidents.score import HEAD, Score, score, together
from tests.servers.process import ROOT

FOLDER = ROOT / "fixtures" / "incidents"


def names() -> list[str]:
    """All incidents that have a bundle."""
    return sorted(path.name for path in FOLDER.iterdir() if (path / "bundle.zip").is_file())


def measured(name: str, given: Read | None = None) -> Score:
    """Replay one incident and hold its table against what is expected."""
    folder: Path = FOLDER / name
    given = given or read(folder / "bundle.zip")
    return score(name, given.table(), load_expected(folder / "expected.yaml", given.window.start))


def main(options: Sequence[str]) -> None:
    """Print the table."""
    wanted = [option for option in options if option != "-v"] or names()
    scores = []
    print(HEAD)
    for name in wanted:
        one = measured(name)
        scores.append(one)
        print(one)
        if "-v" in options:
            print("\n".join(_details(one)))
    print(together(scores))


def _details(one: Score) -> list[str]:
    lines = [f"    missing    {name}" for name in one.missing]
    for what, rows in (("needless", one.needless), ("forbidden", one.forbidden)):
        lines += [f"    {what:<10} {row.at:%H:%M:%S} {row.kind}: {row.text}" for row in rows]
    return lines


if __name__ == "__main__":
    main(sys.argv[1:])
