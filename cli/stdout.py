"""Prints the result of a command: all of it, or one line about why not."""

import contextlib
import io
import os
import sys

from collector.errors import UsageError


def put(made: str | bytes) -> None:
    """Write to stdout and flush it.

    Raises UsageError if stdout is closed or cannot be written, and BrokenPipeError if its reader is gone.
    """
    if sys.stdout is None:
        raise UsageError("stdout is closed; name a file, or open it")
    try:
        if isinstance(made, bytes):
            sys.stdout.buffer.write(made)
            sys.stdout.buffer.flush()
            return
        if isinstance(sys.stdout, io.TextIOWrapper):
            # A character that the terminal or pipe cannot encode must not prevent the table.
            sys.stdout.reconfigure(errors="backslashreplace", newline="")
        sys.stdout.write(made)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        silence()
        raise UsageError(f"stdout: cannot be written ({getattr(error, 'strerror', None) or error})") from None


def silence() -> None:
    """Discard the text that stdout could not write: Python must not complain again when it flushes at exit."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
