"""Which configuration is used, and what is not used because of it, is said on stderr."""

from pathlib import Path

import pytest

from sources.recorder.database import opened
from sources.recorder.store import Store
from tests.cli.command import pm_timeline

LIVE = ["--from", "-30m", "--note", "14:00 x"]
DEAD = '[sources.prom]\ntype = "prometheus"\nurl = "http://127.0.0.1:1"\ntimeout = 0.2\n'


def lines(folder: Path, *options: str, env: dict[str, str] | None = None) -> list[str]:
    done = pm_timeline(*(options or LIVE), folder=folder, env=env)
    return [line for line in done.err.splitlines() if not line.startswith(("window", "notice", "pm-timeline: prom"))]


def recorded(path: Path) -> None:
    """A store as the recorder makes it."""
    path.parent.mkdir(parents=True)
    store = Store(opened(f"sqlite:///{path}", None, write=True))
    store.claim("", "url:here")
    store.engine.dispose()


def test_a_file_of_a_folder_above_is_named(tmp_path: Path) -> None:
    (tmp_path / "pm-timeline.toml").write_text(DEAD)
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert lines(tmp_path) == [f"configuration {tmp_path}/pm-timeline.toml"]
    assert lines(below) == [f"configuration {tmp_path}/pm-timeline.toml (of a folder above)"]
    assert lines(below, *LIVE, "--quiet") == []
    assert lines(below, "check") == [f"configuration {tmp_path}/pm-timeline.toml (of a folder above)"]


def test_without_a_file_what_of_the_environment_is_used_is_named(tmp_path: Path) -> None:
    env = {"PROMETHEUS_URL": "http://127.0.0.1:1", "KUBECONFIG": str(tmp_path / "none")}
    assert lines(tmp_path, env=env)[0] == "configuration: $PROMETHEUS_URL, $KUBECONFIG"
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").touch()
    assert lines(tmp_path)[0] == "configuration: ~/.kube/config"


@pytest.mark.parametrize(
    ("config", "unused"),
    [
        (DEAD, "$PROMETHEUS_URL, $KUBECONFIG, $GITHUB_REPOSITORY"),
        (DEAD + '[sources.k]\ntype = "kubernetes"\n', "$PROMETHEUS_URL, $GITHUB_REPOSITORY"),
        (
            DEAD + '[sources.k]\ntype = "kubernetes"\nkubeconfig = "other"\n',
            "$PROMETHEUS_URL, $KUBECONFIG, $GITHUB_REPOSITORY",
        ),
        (DEAD + '[sources.g]\ntype = "github"\nrepositories = ["Acme/Shop"]\n', "$PROMETHEUS_URL, $KUBECONFIG"),
        (DEAD.replace(":1", ":2/"), "$KUBECONFIG, $GITHUB_REPOSITORY"),
    ],
)
def test_what_a_file_replaces_of_the_environment_is_named(config: str, unused: str, tmp_path: Path) -> None:
    (tmp_path / "pm-timeline.toml").write_text(config)
    env = {
        "PROMETHEUS_URL": "http://127.0.0.1:2",
        "KUBECONFIG": str(tmp_path / "none"),
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_TOKEN": "canary-0123456789",
    }
    said = lines(tmp_path, "check", "--source", "prom", env=env)
    assert said == [f"configuration {tmp_path}/pm-timeline.toml", f"not used because of it: {unused}"]
    named = lines(tmp_path, *LIVE, "--source", "prom", "--config", "pm-timeline.toml", env=env)
    assert f"not used because of it: {unused}" in named


@pytest.mark.parametrize("variable", ["HOME", "XDG_DATA_HOME"])
def test_what_the_recorder_keeps_by_default_is_read_and_that_is_said(variable: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    store = (data if variable == "XDG_DATA_HOME" else data / ".local" / "share") / "pm-timeline" / "recorded.db"
    recorded(store)
    env = {variable: str(data)}
    said = f"also read as source recorder: {store}, what pm-timeline record has recorded"
    assert said in lines(tmp_path, env=env)
    checked = pm_timeline("check", folder=tmp_path, env=env)
    assert checked.out.startswith("recorder  ")
    (tmp_path / "pm-timeline.toml").write_text(DEAD)
    assert said in lines(tmp_path, env=env)
    other = tmp_path / "other" / "pm-timeline" / "recorded.db"
    recorded(other)
    (tmp_path / "pm-timeline.toml").write_text(f'[sources.r]\ntype = "recorder"\nstore = "sqlite:///{other}"\n')
    assert lines(tmp_path, env=env) == [f"configuration {tmp_path}/pm-timeline.toml"]
    assert not any(line.startswith("also read") for line in lines(tmp_path, env={"HOME": str(tmp_path)}))


def test_a_name_that_is_taken_is_not_taken_again(tmp_path: Path) -> None:
    recorded(tmp_path / ".local" / "share" / "pm-timeline" / "recorded.db")
    (tmp_path / "pm-timeline.toml").write_text(DEAD.replace("sources.prom", "sources.recorder"))
    assert "also read as source recorder-store: " in "\n".join(lines(tmp_path))
