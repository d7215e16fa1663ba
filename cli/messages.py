"""The messages that commands print on stderr: everything except the result."""

import sys

from collector.errors import NoAnswerError

NO_SOURCE_EXIT_CODE = 4
"""The exit code if no source could be asked."""


def say(line: str) -> None:
    """Print one line. Control characters from servers and file names are replaced, to protect the terminal."""
    printable = "".join(char if char.isprintable() else " " for char in line)
    print(printable, file=sys.stderr)  # noqa: T201 - the one place that prints messages


def say_no_answer(error: NoAnswerError, consequence: str) -> int:
    """Print the consequence, then why no source could be asked; returns the exit code."""
    say(f"pm-timeline: {consequence}")
    for reason in error.reasons:
        say(f"  {reason}")
    return NO_SOURCE_EXIT_CODE
