"""Runs the real command: in the test's own process, where the start of Python and the imports are paid for once."""

import contextlib
import gc
import io
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from unittest import mock

from msgspec import Struct

from cli.main import run

COMMAND = str(Path(sys.executable).with_name("pm-timeline"))


class Done(Struct, frozen=True):
    code: int
    out: str
    err: str


def pm_timeline(*options: str | Path, folder: Path, env: Mapping[str, str] | None = None) -> Done:
    """Run it in `folder` and in this process, with nothing of this machine's configuration but `env`.

    Everything from the arguments to the exit code and the bytes written is as in a process of its own, but for what
    the interpreter does before and after. For that there is `pm_timeline_process`.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with (
        _environment(folder, env),
        mock.patch.multiple(sys, argv=[COMMAND, *map(str, options)], stdout=out, stderr=err),
    ):
        try:
            run()
        except SystemExit as end:
            code = end.code
    assert isinstance(code, int), code
    return Done(code, *(_text(stream) for stream in (out, err)))


def pm_timeline_process(
    *options: str | Path, folder: Path, env: Mapping[str, str] | None = None, timeout: float = 60
) -> Done:
    """The installed command in a process of its own."""
    done = subprocess.run(
        [COMMAND, *map(str, options)],
        cwd=folder,
        env=_clean(folder, env),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


def _clean(folder: Path, env: Mapping[str, str] | None) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "TZ": "UTC", "LANG": "C.UTF-8", **(env or {})}


@contextlib.contextmanager
def _environment(folder: Path, env: Mapping[str, str] | None) -> Iterator[None]:
    """What a process of its own would have, and what the command changes for good in its own, put back."""
    handlers, threshold = logging.getLogger().handlers[:], gc.get_threshold()
    signals = {
        number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
    }
    try:
        with contextlib.chdir(folder), mock.patch.dict(os.environ, _clean(folder, env), clear=True):
            time.tzset()
            yield
    finally:
        time.tzset()
        gc.set_threshold(*threshold)
        for number, handler in signals.items():
            signal.signal(number, handler)
        logging.getLogger().handlers[:] = handlers


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()
