"""`pm-timeline --help` at once: to make typer and all options only to describe them takes ten times as long.

The text is what typer makes of `cli.main`, kept in `help.txt`; tests/cli/test_help.py compares the two, and
`python -m tests.cli.test_help` writes it again.
"""

import os
import sys
from collections.abc import Sequence

TEXT = os.path.join(os.path.dirname(__file__), "help.txt")
_WIDTH = 80
"""Columns for which the text is made; typer makes none wider, but narrower ones where there is less room."""


def print_help(arguments: Sequence[str]) -> bool:
    """Print the help if nothing else is asked for, and its text fits; returns whether it did.

    Ends the program, with the exit codes of `cli.main`, if stdout takes no more.
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
        # Python must not complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            # The reader of our output went away, as `head` does.
            sys.exit(141)
        print(f"pm-timeline: stdout: {error.strerror}", file=sys.stderr)  # noqa: T201 - that is where it complains
        sys.exit(2)
    return True


def _columns() -> int:
    """As shutil.get_terminal_size has it, without that module."""
    given = os.environ.get("COLUMNS", "")
    if given.isascii() and given.isdecimal() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ else _WIDTH
    except (AttributeError, ValueError, OSError):
        return _WIDTH
