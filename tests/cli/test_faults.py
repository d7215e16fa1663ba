"""Every source, failing in every way, through the real command: the others go on, and no secret leaves it."""

import base64
import time
import zipfile
from pathlib import Path

import pytest

from tests.cli.command import pm_timeline
from tests.servers.faulty import FAULTS, faulty

CANARY = "canary-4f1d2c-secret"
WINDOW = ("--from", "2026-04-01 14:00", "--to", "14:30")
NOTE = ("--note", "14:12 we saw it")
LIMITS = "timeout = 0.4\ndeadline = 4\n"


def configured(source: str, url: str, folder: Path) -> None:
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(
        f"""
apiVersion: v1
kind: Config
clusters: [{{name: c, cluster: {{server: "{url}"}}}}]
users: [{{name: u, user: {{token: {CANARY}}}}}]
contexts: [{{name: x, context: {{cluster: c, user: u}}}}]
current-context: x
"""
    )
    settings = {
        "prometheus": f'url = "{url}"\ntoken_env = "CANARY"\n',
        "kubernetes": 'kubeconfig = "kubeconfig"\n',
        "grafana": f'url = "{url}"\ntoken_env = "CANARY"\n',
        "alertmanager": f'url = "{url}"\ntoken_env = "CANARY"\n',
        "kube-state-metrics": f'url = "{url}"\ntoken_env = "CANARY"\n',
        "kubernetes-audit": f'url = "{url}"\nquery = "{{}}"\ntoken_env = "CANARY"\n',
        "loki-events": f'url = "{url}"\ntoken_env = "CANARY"\n',
        "elasticsearch-events": f'url = "{url}"\ntoken_env = "CANARY"\n',
        "github": f'repository = "acme/checkout"\napi_url = "{url}"\ntoken_env = "CANARY"\n',
        "recorder": f'store = "{url.replace("http", "postgresql")}/db"\ntoken_env = "CANARY"\n',
    }[source]
    (folder / "pm-timeline.toml").write_text(f'[sources.bad]\ntype = "{source}"\n{LIMITS}{settings}')


def leaks(folder: Path, *texts: str) -> list[str]:
    """Where the canary, or its base64, is found: in the texts or in any file but the kubeconfig."""
    places = dict(enumerate(texts))
    found = [str(name) for name, text in places.items() if _holds(text.encode())]
    for path in folder.rglob("*"):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as packed:
                found += [f"{path}:{name}" for name in packed.namelist() if _holds(packed.read(name))]
        elif path.is_file() and path.name != "kubeconfig" and _holds(path.read_bytes()):
            found.append(str(path))
    return found


def _holds(body: bytes) -> bool:
    return CANARY.encode() in body or base64.b64encode(CANARY.encode()) in body


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    "source",
    [
        "prometheus",
        "kubernetes",
        "github",
        "grafana",
        "alertmanager",
        "kubernetes-audit",
        "loki-events",
        "elasticsearch-events",
        "kube-state-metrics",
        "recorder",
    ],
)
def test_a_source_that_fails_is_named_and_takes_nothing_down(source: str, fault: str, tmp_path: Path) -> None:
    with faulty(fault) as url:
        configured(source, url, tmp_path)
        begun = time.monotonic()
        done = pm_timeline(
            *WINDOW, *NOTE, "--capture", "bundle.zip", "--strict", folder=tmp_path, env={"CANARY": CANARY}
        )
        took = time.monotonic() - begun
    assert done.code == 3, done
    assert "we saw it" in done.out
    coverage = done.out.partition("Coverage")[2]
    assert "bad" in coverage
    assert took < 15
    assert leaks(tmp_path, done.out, done.err) == []

    again = pm_timeline("--replay", "bundle.zip", folder=tmp_path)
    assert (again.code, again.out) == (0, done.out)


@pytest.mark.parametrize("fault", ["refused", "403", "html"])
@pytest.mark.parametrize("source", ["prometheus", "kubernetes", "github"])
def test_where_no_source_can_be_asked_there_is_no_table(source: str, fault: str, tmp_path: Path) -> None:
    with faulty(fault) as url:
        configured(source, url, tmp_path)
        done = pm_timeline(*WINDOW, folder=tmp_path, env={"CANARY": CANARY})
    assert (done.code, done.out) == (4, "")
    assert "no source could be asked" in done.err
    assert "bad: " in done.err
    assert leaks(tmp_path, done.err) == []


@pytest.mark.parametrize("env", [{}, {"CANARY": ""}])
def test_a_token_that_cannot_be_had_is_a_gap_that_names_its_variable(env: dict[str, str], tmp_path: Path) -> None:
    configured("github", "http://127.0.0.1:1", tmp_path)
    done = pm_timeline(*WINDOW, *NOTE, folder=tmp_path, env=env)
    assert done.code == 0
    assert "CANARY is not set" in done.out.replace("\\", "")


@pytest.mark.parametrize("way", [f'token_command = "echo {CANARY}"', 'token_file = "token"'])
def test_a_token_from_a_command_or_file_leaves_no_trace(way: str, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "token").write_text(CANARY + "\n")
    config = tmp_path / "secret" / "pm-timeline.toml"
    with faulty("500") as url:
        config.write_text(f'[sources.bad]\ntype = "github"\nrepository = "a/b"\napi_url = "{url}"\n{LIMITS}{way}\n')
        user = tmp_path / "user"
        user.mkdir()
        options = (*WINDOW, *NOTE, "--config", config, "--capture", "bundle.zip")
        done = pm_timeline(*options, folder=user)
    assert done.code == 0, done
    assert leaks(user, done.out, done.err) == []
    assert pm_timeline("--replay", "bundle.zip", folder=user).out == done.out
