"""Real repositories, made with git, with the times that a test needs."""

import os
import subprocess
from pathlib import Path
from typing import Any

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Deadline, Document, Gap
from sources.registry import build
from tests.collector.build import WINDOW


class Clone:
    """A repository whose branch is `main`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, clock: str = "12:00:00", by: str = "dana", day: int = 0) -> str:
        """With `day`, in the month before."""
        stamp = f"2026-03-{day:02}T{clock}+00:00" if day else f"2026-04-01T{clock}+00:00"
        env = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder.parent), "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": by, "GIT_AUTHOR_EMAIL": "a@acme.example", "GIT_AUTHOR_DATE": stamp,
            "GIT_COMMITTER_NAME": by, "GIT_COMMITTER_EMAIL": "a@acme.example", "GIT_COMMITTER_DATE": stamp,
        }  # fmt: skip
        command = ["git", "-C", str(self.folder), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout.strip()

    def commit(self, message: str, clock: str, by: str = "dana") -> str:
        self.git("commit", "--quiet", "--allow-empty", "-m", message, clock=clock, by=by)
        return self.git("rev-parse", "HEAD")

    def merge(self, message: str, clock: str, by: str = "dana") -> str:
        """Of a branch of one commit."""
        self.git("switch", "--quiet", "-C", "topic")
        self.commit("work on it", "13:00:00")
        self.git("switch", "--quiet", "main")
        self.git("merge", "--quiet", "--no-ff", "-m", message, "topic", clock=clock, by=by)
        return self.git("rev-parse", "HEAD")


def read_clone(folder: Path, **settings: Any) -> tuple[list[Event], list[Gap]]:
    """What comes of the clone. Raises SourceError."""
    source = build("mine", "git", {"clone": str(folder), **settings}, Scrubber())
    given: list[Any] = list(source.fetch(WINDOW, Deadline(30)))
    gaps = [one for one in given if isinstance(one, Gap)]
    read = list(source.read([one for one in given if isinstance(one, Document)], WINDOW))
    return [one for one in read if isinstance(one, Event)], gaps + [one for one in read if isinstance(one, Gap)]


def told(events: list[Event]) -> list[str]:
    return [f"{one.at:%H:%M} {one.kind} {one.summary}" for one in events]
