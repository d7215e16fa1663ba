"""Suggests repositories with relevant deploys: the one of the folder, and the one that CI names."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from sources.discovery import from_environment
from sources.git_remote import remote_of
from sources.suggestion import Suggestion, usable

_NOWHERE = Path("/nonexistent")
_OF_GITHUB = ("GH_TOKEN", "GITHUB_TOKEN")
_OF_ENTERPRISE = ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
"""The variables for each group of hosts, as gh defines them: a token for one group is never sent to the other."""


def repositories(environ: Mapping[str, str], folder: Path) -> Iterator[Suggestion]:
    """CI sources that the git remote of `folder` and the environment suggest."""
    remote = remote_of(folder)
    path = remote.path if remote else ""
    if remote and "gitlab" in remote.host:
        url = {} if remote.host == "gitlab.com" else {"url": f"https://{remote.host}"}
        token = {"token_env": "GITLAB_TOKEN"} if environ.get("GITLAB_TOKEN") else {}
        why = f"the git remote {remote.name} of this folder"
        yield usable(Suggestion("gitlab", "gitlab", {"project": path, **url, **token}, why))
    elif remote and ("github" in remote.host or remote.host.endswith(".ghe.com")):
        settings = {"repository": path, **_github(remote.host, environ)}
        yield usable(Suggestion("github", "github", settings, f"the git remote {remote.name} of this folder"))
    for type_, found in from_environment(environ, _NOWHERE, _NOWHERE):
        if type_ == "github" and str(found["repository"]).lower() != path.lower():
            named = {key: str(value) for key, value in found.items()}
            yield usable(Suggestion("github", "github", named, "from $GITHUB_REPOSITORY"))


def _github(host: str, environ: Mapping[str, str]) -> dict[str, str]:
    ours = host == "github.com" or host.endswith(".ghe.com")
    api = f"https://api.{host}" if ours else f"https://{host}/api/v3"
    variable = next((name for name in (_OF_GITHUB if ours else _OF_ENTERPRISE) if environ.get(name)), "")
    return {**({} if host == "github.com" else {"api_url": api}), **({"token_env": variable} if variable else {})}
