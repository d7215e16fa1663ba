"""Runs the real command in a process of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("pm-timeline"))


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


def pm_timeline(*options: str | Path, folder: Path, env: dict[str, str] | None = None, timeout: float = 60) -> Done:
    """Run it in `folder`, with nothing of this machine's configuration in the environment but `env`."""
    clean = {"PATH": os.environ["PATH"], "HOME": str(folder), "TZ": "UTC", "LANG": "C.UTF-8", **(env or {})}
    done = subprocess.run(
        [COMMAND, *map(str, options)],
        cwd=folder,
        env=clean,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)
