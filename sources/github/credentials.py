"""Where the token for GitHub comes from: the configuration, else the one that `gh` would use for that host."""

import os
import subprocess
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from collector.secrets import Scrubber
from sources.github.settings import GithubSettings
from sources.settings import checked_token

_TIMEOUT = 5.0
"""Timeout of `gh` in seconds; it may ask a keyring."""
_OF_GITHUB = ("GH_TOKEN", "GITHUB_TOKEN")
_OF_ENTERPRISE = ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
"""The variables that gh reads for each kind of host, in its order (cli.github.com/manual/gh_help_environment)."""
NONE = "no token"


def credentials(
    settings: GithubSettings, scrubber: Scrubber, environ: Mapping[str, str] = os.environ
) -> tuple[str | None, str]:
    """The token, after adding it to `scrubber` (None if there is none), and its origin in words.

    Raises Denied if a configured token cannot be obtained.
    """
    if (configured := settings.token(scrubber)) is not None:
        return configured, settings.token_origin
    host = token_host(settings.api_url)
    if not host:
        return None, NONE
    for variable in _OF_GITHUB if _is_github(host) else _OF_ENTERPRISE:
        if token := environ.get(variable, "").strip():
            return checked_token(token, scrubber), f"token from ${variable}"
    if token := _of_gh(host):
        return checked_token(token, scrubber), f"token from gh auth token --hostname {host}"
    return None, NONE


def token_host(api_url: str) -> str:
    """The host as `gh` names it; empty if a token would be sent unencrypted."""
    parts = urlsplit(api_url)
    host = parts.hostname or ""
    if parts.scheme != "https" and not _is_this_machine(host):
        return ""
    # The APIs of github.com and *.ghe.com have their own hosts; that of GitHub Enterprise Server has only a path.
    return host.removeprefix("api.") if _is_github(host) else host


def _is_github(host: str) -> bool:
    return host == "github.com" or host.endswith((".github.com", ".ghe.com"))


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _of_gh(host: str) -> str:
    """The token that `gh` has for the host; empty if it is not installed or not logged in there."""
    environ = {**os.environ, "GH_PROMPT_DISABLED": "1", "GH_NO_UPDATE_NOTIFIER": "1"}
    try:
        # The command is fixed except for the host, which comes from the user's own configuration.
        done = subprocess.run(  # noqa: S603
            ["gh", "auth", "token", "--hostname", host],  # noqa: S607 - as the user has it on PATH
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_TIMEOUT,
            check=True,
            text=True,
            env=environ,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
