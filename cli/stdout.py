"""What the commands print as their result: all of it, or one line about why not."""

import contextlib
import io
import os
import sys

from collector.errors import UsageError


def put(made: str | bytes) -> None:
    """Write to stdout at once.

    Raises UsageError if it is closed or takes no more, and BrokenPipeError if its reader went away.
    """
    if sys.stdout is None:
        raise UsageError("stdout is closed; name a file, or open it")
    try:
        if isinstance(made, bytes):
            sys.stdout.buffer.write(made)
            sys.stdout.buffer.flush()
            return
        if isinstance(sys.stdout, io.TextIOWrapper):
            # A terminal or pipe that cannot show a character must not cost the user the table.
            sys.stdout.reconfigure(errors="backslashreplace", newline="")
        sys.stdout.write(made)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        silence()
        raise UsageError(f"stdout: cannot be written ({getattr(error, 'strerror', None) or error})") from None


def silence() -> None:
    """What stdout could not write goes nowhere: Python must not complain once more when it flushes at exit."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
