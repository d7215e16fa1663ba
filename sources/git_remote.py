"""The repository and host that a folder is a clone of, according to its git remotes."""

import re
import subprocess
from pathlib import Path

from msgspec import Struct

_TIMEOUT = 5.0
"""Timeout of each command in seconds."""
_REST = r"(?P<path>[\w./~-]+?)(?:\.git)?/?"
_URL = re.compile(rf"(?P<scheme>[a-z+]+)://(?:[^/@\s]+@)?(?P<host>[\w.-]+)(?::\d+)?/{_REST}", re.IGNORECASE)
_OF_SSH = re.compile(rf"(?:[\w.-]+@)?(?P<host>[\w.-]+):{_REST}")
_ALSO = {"ssh.github.com": "github.com", "altssh.gitlab.com": "gitlab.com"}
"""Host names on which these services offer SSH over port 443, for networks where port 22 is closed."""


class Remote(Struct, frozen=True):
    """A remote of a clone."""

    name: str
    """`origin`."""
    host: str
    """In lower case, with aliases of `~/.ssh/config` resolved."""
    path: str
    """`owner/name`, or with more levels."""


def remote_of(folder: Path) -> Remote | None:
    """The remote that deploys come from; None if there is none, or if it is not on a server."""
    names = _printed("git", "-C", str(folder), "remote").split()
    # A fork often has a second remote for the repository it was forked from, and that one is deployed.
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
    """The host that ssh connects to: `github-work` may be an alias in the user's configuration."""
    found = re.search(r"^hostname (\S+)$", _printed("ssh", "-G", "--", host), re.MULTILINE)
    real = found[1].lower() if found else host
    return _ALSO.get(real, real)


def _printed(*command: str) -> str:
    """The output of a command; empty if it fails or does not exist."""
    try:
        # The commands are fixed except for the names of a remote and its host, and no shell sees those.
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    return done.stdout.strip()
