"""A recorder in a process of its own, and what it stored."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.cli.command import COMMAND

Json = dict[str, Any]


def start(
    folder: Path, kubeconfig: Path, *options: str, env: dict[str, str] | None = None
) -> "subprocess.Popen[bytes]":
    """The real command, with its stderr in `folder`; the default store is in `folder`, too."""
    clean = {"PATH": os.environ["PATH"], "HOME": str(folder), "KUBECONFIG": str(kubeconfig), **(env or {})}
    with (folder / "recorder.log").open("ab") as log:
        return subprocess.Popen(
            [COMMAND, "record", *options], cwd=folder, env=clean, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )


def store_of(folder: Path) -> Path:
    """The default store."""
    return folder / ".local" / "share" / "pm-timeline" / "recorded.db"


def end(process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Tell it to stop, and see that it does so in order."""
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0, log.read_text()
    assert "Traceback" not in log.read_text()


@contextlib.contextmanager
def recording(
    folder: Path, kubeconfig: Path, *options: str, env: dict[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """A recorder that runs meanwhile."""
    process = start(folder, kubeconfig, *options, env=env)
    try:
        yield process
        end(process, folder / "recorder.log")
    finally:
        process.kill()
        process.wait()


def rows(store: Path, statement: str, *given: object) -> list[Any]:
    """What a store of SQLite has, read while it is written; empty if it is not there yet."""
    with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=10)) as connection:
        return connection.execute(statement, given).fetchall()


def told(store: Path, resource: str, name: str = "%") -> list[tuple[str, Json]]:
    """The stored changes of the objects whose name is like that, in order."""
    found = rows(
        store,
        "SELECT change, body FROM pm_timeline_versions WHERE resource = ? AND name LIKE ? ORDER BY id",
        resource,
        name,
    )
    return [(change, json.loads(body or "{}")) for change, body in found]


def until(true: Callable[[], object], seconds: float = 180) -> None:
    """Wait for it; what fails meanwhile is not there yet."""
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(sqlite3.OperationalError):
            if true():
                return
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)
