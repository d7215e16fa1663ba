"""Whose token is sent to GitHub, and to which host, with `gh` played by a script."""

import json
from pathlib import Path

import pytest

from collector.secrets import Scrubber
from collector.source import Denied
from sources.github.credentials import credentials, token_host
from sources.github.settings import GithubSettings
from tests.cli.command import pm_timeline
from tests.servers.github import github

TOKEN = "gho_invented0123456789"


def install_gh(folder: Path, script: str = f'[ "$4" = 127.0.0.1 ] && echo {TOKEN} || exit 1') -> str:
    """A `gh` that knows a token for one host, and notes what it was called with; returns PATH."""
    folder.mkdir(exist_ok=True)
    program = folder / "gh"
    program.write_text(f'#!/bin/sh\necho "$@" >> {folder}/called\n{script}\n')
    program.chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


def settings(**keys: object) -> GithubSettings:
    return GithubSettings.model_validate({"repository": "acme/checkout", **keys})


@pytest.mark.parametrize(
    ("api_url", "host"),
    [
        ("https://api.github.com", "github.com"),
        ("https://api.acme.ghe.com", "acme.ghe.com"),
        ("https://github.acme.example/api/v3", "github.acme.example"),
        ("https://api.acme.example/api/v3", "api.acme.example"),
        ("http://github.acme.example/api/v3", ""),
        ("http://127.0.0.1:8080", "127.0.0.1"),
    ],
)
def test_the_host_is_that_of_gh_and_none_where_the_token_could_be_read_on_the_way(api_url: str, host: str) -> None:
    assert token_host(api_url) == host


def test_variables_are_for_the_hosts_that_gh_has_them_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    given = {"GH_TOKEN": "ghp_first0", "GITHUB_TOKEN": "ghp_second", "GH_ENTERPRISE_TOKEN": "ghp_third0"}
    enterprise = settings(api_url="https://github.acme.example/api/v3")
    assert credentials(settings(), Scrubber(), given) == ("ghp_first0", "token from $GH_TOKEN")
    assert credentials(settings(), Scrubber(), {"GITHUB_TOKEN": "ghp_second"})[0] == "ghp_second"
    assert credentials(enterprise, Scrubber(), given) == ("ghp_third0", "token from $GH_ENTERPRISE_TOKEN")
    assert credentials(enterprise, Scrubber(), {"GH_TOKEN": "ghp_first0"}) == (None, "no token")


def test_what_is_configured_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINE", "ghp_mine0")
    found = credentials(settings(token_env="MINE"), Scrubber(), {"GH_TOKEN": "ghp_first0"})
    assert found == ("ghp_mine0", "token from $MINE")
    with pytest.raises(Denied, match="NOT_SET is not set"):
        credentials(settings(token_env="NOT_SET"), Scrubber(), {"GH_TOKEN": "ghp_first0"})


@pytest.mark.parametrize("script", ["exit 1", "sleep 30", "exec 1>&-", "printf '\\377'", ""])
def test_a_gh_that_has_no_token_is_as_none(script: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", install_gh(tmp_path, script))
    monkeypatch.setattr("sources.github.credentials._TIMEOUT", 0.5)
    assert credentials(settings(), Scrubber(), {}) == (None, "no token")
    assert (tmp_path / "called").read_text() == "auth token --hostname github.com\n"


def test_a_token_of_gh_is_kept_out_of_what_is_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", install_gh(tmp_path, f"echo {TOKEN}"))
    scrubber = Scrubber()
    assert credentials(settings(), scrubber, {})[0] == TOKEN
    assert TOKEN not in scrubber.scrub(f"it is {TOKEN}")
    monkeypatch.setenv("PATH", install_gh(tmp_path, "echo a; echo b"))
    with pytest.raises(Denied, match="spaces, line breaks"):
        credentials(settings(), Scrubber(), {})


def test_check_says_where_the_token_is_from_and_the_environment_needs_no_other(tmp_path: Path) -> None:
    folder = tmp_path / "payloads" / "acme" / "checkout"
    folder.mkdir(parents=True)
    for name, text in (("deployments", "[]"), ("runs", '{"total_count": 0, "workflow_runs": []}')):
        (folder / f"{name}.json").write_text(text)
    with github(tmp_path / "payloads", TOKEN) as url:
        env = {"GITHUB_REPOSITORY": "acme/checkout", "GITHUB_API_URL": url, "PATH": install_gh(tmp_path / "bin")}
        found = pm_timeline("check", "--format", "json", folder=tmp_path, env=env)
        refused = pm_timeline("check", folder=tmp_path, env={**env, "PATH": install_gh(tmp_path / "bin", "exit 1")})
    (one,) = json.loads(found.out)["sources"]
    assert one["target"] == "acme/checkout, token from gh auth token --hostname 127.0.0.1"
    assert one["answers"] > 0
    assert refused.out.startswith("github  failed   github: acme/checkout, no token\n")
    assert TOKEN not in found.out + found.err + refused.out + refused.err
