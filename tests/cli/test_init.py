"""`init` writes what can be used, from what is there."""

import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sources.config import load
from sources.suggest import Suggestion, as_toml, suggest
from tests.cli.command import pm_timeline

KUBECONFIG = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "prod.eu",
    "contexts": [
        {"name": "prod.eu", "context": {"cluster": "c", "user": "me"}},
        {"name": "staging", "context": {"cluster": "c", "user": "me"}},
    ],
    "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}],
    "users": [{"name": "me", "user": {"token": "t0ken-of-mine"}}],
}


@pytest.fixture
def kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "kube.yaml"
    path.write_text(yaml.safe_dump(KUBECONFIG))
    monkeypatch.setenv("KUBECONFIG", str(path))
    return path


def _remote(folder: Path, url: str) -> None:
    for command in (["init", "--quiet"], ["remote", "add", "origin", url]):
        subprocess.run(["git", "-C", str(folder), *command], check=True)


def test_what_is_there_is_configured_and_can_be_loaded(kubeconfig: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    _remote(work, "git@github.com:acme/checkout.git")
    environ = {"PROMETHEUS_URL": "https://prom.example", "PROMETHEUS_TOKEN": "x", "GH_TOKEN": "y"}
    (work / "pm-timeline.toml").write_text(as_toml(list(suggest(environ, work))))
    configured = {source.name: (source.type, source.settings) for source in load(work / "pm-timeline.toml").sources}
    assert configured == {
        "prod.eu": ("kubernetes", {"context": "prod.eu", "cluster": "prod.eu"}),
        "prometheus": ("prometheus", {"url": "https://prom.example", "token_env": "PROMETHEUS_TOKEN"}),
        "github": ("github", {"repository": "acme/checkout", "token_env": "GH_TOKEN"}),
    }
    text = (work / "pm-timeline.toml").read_text()
    assert "# [sources.staging]" in text
    assert "t0ken-of-mine" not in text


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/acme/shop.git", {"repository": "acme/shop"}),
        (
            "ssh://git@github.example.com:2222/acme/shop",
            {"repository": "acme/shop", "api_url": "https://github.example.com/api/v3"},
        ),
        ("https://user:secret@github.com/acme/shop", {"repository": "acme/shop"}),
        ("/srv/git/shop.git", None),
    ],
)  # fmt: skip
def test_the_repository_is_that_of_the_remote(
    url: str, expected: dict[str, str] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", "/nowhere")
    _remote(tmp_path, url)
    found = [one for one in suggest({}, tmp_path) if one.active]
    assert [one.settings for one in found] == ([expected] if expected else [])


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=12)), max_size=4))
def test_whatever_the_names_the_file_is_toml_and_keeps_the_values(names: list[tuple[str, str]]) -> None:
    names = [(_writable(name), _writable(value)) for name, value in names]
    tables = tomllib.loads(as_toml([Suggestion(name, "prometheus", {"url": value}) for name, value in names]))
    assert [table["url"] for table in tables.get("sources", {}).values()] == [value for _, value in names]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "pm-timeline.toml").write_text("mine")
    refused = pm_timeline("init", folder=tmp_path)
    assert (refused.code, (tmp_path / "pm-timeline.toml").read_text()) == (2, "mine")
    assert "exists already" in refused.err
    again = pm_timeline("init", "--output", "other.toml", folder=tmp_path)
    assert again.code == 0
    load(tmp_path / "other.toml")


def _writable(text: str) -> str:
    return text.encode("utf-8", "ignore").decode()
