"""Which repository of which host a folder is a clone of, by the git remotes that it has."""

import re
import subprocess
from pathlib import Path

from msgspec import Struct

_PATIENCE = 5.0
"""Seconds for each command."""
_REST = r"(?P<path>[\w./~-]+?)(?:\.git)?/?"
_URL = re.compile(rf"(?P<scheme>[a-z+]+)://(?:[^/@\s]+@)?(?P<host>[\w.-]+)(?::\d+)?/{_REST}", re.IGNORECASE)
_OF_SSH = re.compile(rf"(?:[\w.-]+@)?(?P<host>[\w.-]+):{_REST}")
_ALSO = {"ssh.github.com": "github.com", "altssh.gitlab.com": "gitlab.com"}
"""Under these names they listen on port 443, for networks where 22 is closed."""


class Remote(Struct, frozen=True):
    """A remote of a clone."""

    name: str
    """`origin`."""
    host: str
    """In lower case, and what an alias in `~/.ssh/config` stands for."""
    path: str
    """`owner/name`, or deeper."""


def remote_of(folder: Path) -> Remote | None:
    """The remote that deploys come from; None if there is none, or it is no server's."""
    names = _printed("git", "-C", str(folder), "remote").split()
    # A fork has its own remote beside that of what it was forked from, which is what is deployed.
    name = next((each for each in ("upstream", "github", "origin", *names) if each in names), "")
    url = _printed("git", "-C", str(folder), "remote", "get-url", name) if name else ""
    found = _URL.fullmatch(url)
    by_ssh = found["scheme"].lower() in ("ssh", "git+ssh") if found else True
    found = found or _OF_SSH.fullmatch(url)
    if found is None:
        return None
    host = found["host"].lower()
    return Remote(name, _behind(host) if by_ssh else host, found["path"].strip("/"))


def _behind(host: str) -> str:
    """The host that ssh connects to: `github-work` may stand for another in the user's configuration."""
    found = re.search(r"^hostname (\S+)$", _printed("ssh", "-G", "--", host), re.MULTILINE)
    real = found[1].lower() if found else host
    return _ALSO.get(real, real)


def _printed(*command: str) -> str:
    """What a command prints; empty if it fails or is not there."""
    try:
        # The commands are fixed but for the names of a remote and its host, which no shell sees.
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    return done.stdout.strip()
