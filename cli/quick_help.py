"""`pm-timeline --help` without typer: importing it and declaring all options takes ten times as long.

`help.txt` contains the help that typer generates from `cli.main`. tests/cli/test_help.py compares the two, and
`python -m tests.cli.test_help` writes the file again.
"""

import os
import sys
from collections.abc import Sequence

TEXT = os.path.join(os.path.dirname(__file__), "help.txt")
_WIDTH = 80
"""Width of the text in columns. typer never prints a wider help, but a narrower one on a narrower terminal."""


def print_help(arguments: Sequence[str]) -> bool:
    """Print the help if it is the only option and the terminal is wide enough; returns whether it was printed.

    Ends the program, with the exit codes of `cli.main`, if stdout is closed or cannot be written.
    """
    program, *options = arguments
    if options not in (["--help"], ["-h"]) or os.path.basename(program) != "pm-timeline" or _columns() < _WIDTH:
        return False
    with open(TEXT, encoding="utf-8") as file:
        text = file.read()
    if sys.stdout is None:
        print("pm-timeline: stdout is closed", file=sys.stderr)  # noqa: T201 - that is where it complains
        sys.exit(2)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        # Python must not complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            # The reader of our output is gone, as with `head`.
            sys.exit(141)
        print(f"pm-timeline: stdout: {error.strerror}", file=sys.stderr)  # noqa: T201 - that is where it complains
        sys.exit(2)
    return True


def _columns() -> int:
    """The width of the terminal, as shutil.get_terminal_size finds it; importing that module takes too long."""
    given = os.environ.get("COLUMNS", "")
    if given.isascii() and given.isdecimal() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ else _WIDTH
    except (AttributeError, ValueError, OSError):
        return _WIDTH
