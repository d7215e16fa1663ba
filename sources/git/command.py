"""Runs the git command in somebody's repository so that nothing in that repository is executed."""

import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from collector.source import BadAnswer, Deadline, Denied, Unreachable
from sources.text import one_line

MOST = 64 * 2**20
"""Maximum bytes of one answer."""
_NOTHING_RUNS = {
    # The repository's configuration can name a program for each of these; the values here take precedence.
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "core.editor": "false",
    "core.askPass": "false",
    "core.sshCommand": "false",
    "core.alternateRefsCommand": "true",
    "core.gitProxy": "",
    "credential.helper": "",
    "diff.external": "",
    "gpg.program": "false",
    "log.showSignature": "false",
    "protocol.allow": "never",
    "uploadpack.packObjectsHook": "",
    # These ensure the expected output format.
    "log.follow": "false",
    "color.ui": "false",
    "log.mailmap": "false",
}
_ENVIRONMENT: Mapping[str, str] = {
    "LC_ALL": "C",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
}
_KEPT = ("PATH", "HOME", "XDG_CONFIG_HOME", "USERPROFILE", "SYSTEMROOT", "TMPDIR", "TEMP")
"""The kept environment variables. Any GIT_* variable could lead elsewhere; HOME has the user's safe.directory."""


class Git:
    """Runs git commands in one clone."""

    def __init__(self, clone: Path, deadline: Deadline, timeout: float) -> None:
        """All commands share `deadline`; `timeout` applies to each, in seconds."""
        self._clone = clone.expanduser().absolute()
        self._deadline = deadline
        self._timeout = timeout

    def ask(self, *arguments: str, missing: Sequence[int] = ()) -> str:
        """The output of git; empty for an exit code in `missing`. Raises a SourceError."""
        self._deadline.check()
        overrides = [part for key, value in _NOTHING_RUNS.items() for part in ("-c", f"{key}={value}")]
        command = ["git", "--no-pager", "-C", str(self._clone), *overrides, *arguments]
        try:
            # The arguments come from callers in this package; text from outside in them is a name of a checked form.
            process = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environment(),
            )
        except (FileNotFoundError, PermissionError):
            raise Unreachable("the command git cannot be run", "install git, or see PATH") from None
        except (OSError, ValueError) as error:
            raise BadAnswer(f"git cannot be run for {self._clone} ({type(error).__name__})") from None
        with process:
            return self._answer(process, arguments[0], missing)

    def _answer(self, process: "subprocess.Popen[bytes]", what: str, missing: Sequence[int]) -> str:
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(max(0.001, min(self._timeout, self._deadline.remaining())), stop)
        timer.daemon = True
        complaint: list[bytes] = []
        reader = threading.Thread(target=lambda: complaint.append(_bounded(process.stderr, 4096)), daemon=True)
        timer.start()
        reader.start()
        try:
            answer = _bounded(process.stdout, MOST + 1)
            if len(answer) > MOST:
                process.kill()
                raise BadAnswer(
                    f"git {what}: the answer is larger than {MOST // 2**20} MiB", "ask for a shorter window"
                )
            code = process.wait()
            reader.join(5)
        finally:
            timer.cancel()
        if late.is_set():
            raise Unreachable(f"git {what}: no answer in time", "raise `timeout` of this source")
        if code in missing:
            return ""
        if code != 0:
            raise self._refusal(what, one_line(b"".join(complaint).decode("utf-8", "replace")))
        return answer.decode("utf-8", "replace")

    def _refusal(self, what: str, complaint: str) -> Exception:
        if "dubious ownership" in complaint:
            hint = f"if you trust it: git config --global --add safe.directory {self._clone}"
            return Denied(f"git refuses to read {self._clone}, which belongs to another user", hint)
        if "ermission denied" in complaint:
            return Denied(f"{self._clone} may not be read", "give yourself the right to read it")
        if "not a git repository" in complaint or "cannot change to" in complaint:
            return BadAnswer(f"{self._clone} is no git repository", "is `clone` right?")
        return BadAnswer(f"git {what} fails: {complaint[:200]}")

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        # A folder inside another repository must not count as that repository.
        return {**kept, **_ENVIRONMENT, "GIT_CEILING_DIRECTORIES": str(self._clone.parent)}


def _bounded(stream: IO[bytes] | None, most: int) -> bytes:
    """At most `most` bytes of the stream."""
    return stream.read(most) if stream is not None else b""
