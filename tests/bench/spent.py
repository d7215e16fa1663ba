"""What a program took. It is started from a small process: a child counts the memory of what it was forked from."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict


class Spent(Struct, frozen=True):
    """What one run took."""

    seconds: float
    """By the clock on the wall."""
    cpu: float
    """Seconds, of user and system."""
    megabytes: float
    """At most, of memory."""


def spent(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> Spent:
    """Run `command` in `folder`; what it writes to stdout is then in the file `out` there.

    Raises RuntimeError, with what it complained of, if it fails.
    """
    program = [sys.executable, __file__, *command]
    done = subprocess.run(program, cwd=folder, env=dict(env), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr[-2000:]}")
    return Spent(**json.loads(done.stdout))


def _measure(command: Sequence[str]) -> Spent:
    with Path("out").open("wb") as out:
        begun = time.perf_counter()
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, check=True)
        seconds = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Spent(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


if __name__ == "__main__":
    print(json.dumps(asdict(_measure(sys.argv[1:]))))
