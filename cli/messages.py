"""What the commands print on stderr, which is for everything that is not the result."""

import sys

from collector.errors import NoAnswerError

NOTHING = 4
"""The exit code where no source could be asked."""


def say(line: str) -> None:
    """One line; what servers and file names bring along does nothing to a terminal."""
    printable = "".join(char if char.isprintable() else " " for char in line)
    print(printable, file=sys.stderr)  # noqa: T201 - the one place that prints messages


def say_no_answer(error: NoAnswerError, consequence: str) -> int:
    """Why no source could be asked, after what follows from it; returns the exit code."""
    say(f"pm-timeline: {consequence}")
    for reason in error.reasons:
        say(f"  {reason}")
    return NOTHING
