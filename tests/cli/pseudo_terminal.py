"""Runs the installed command on a pseudo-terminal."""

import contextlib
import os
import pty
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.cli.command import COMMAND


def shown(arguments: Sequence[str | Path], *, columns: int, folder: Path, env: Mapping[str, str] | None = None) -> str:
    """What it prints on a terminal of so many columns, with the ends of lines as it wrote them."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, columns))
    known = {"PATH": os.environ["PATH"], "HOME": str(folder), "TZ": "UTC", "LANG": "C.UTF-8", **(env or {})}
    printed = b""
    with (
        os.fdopen(master, "rb", buffering=0) as terminal,
        subprocess.Popen([COMMAND, *map(str, arguments)], env=known, cwd=folder, stdout=slave),
    ):
        os.close(slave)
        # At its end a pseudo-terminal answers with an error, when the program at its other end has gone.
        with contextlib.suppress(OSError):
            while piece := terminal.read(4096):
                printed += piece
    return printed.decode().replace("\r\n", "\n")
