"""`init` writes what can be used, from what is there."""

import os
import resource
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sources.config import load
from sources.git_remote import Remote, remote_of
from sources.suggest import as_toml, runs_in, suggest, write
from sources.suggestion import Suggestion
from tests.cli.command import COMMAND, pm_timeline
from tests.servers.web import serving

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
        ("git@github.com:acme/shop", {"repository": "acme/shop"}),
        ("ssh://git@ssh.github.com:443/acme/shop.git", {"repository": "acme/shop"}),
        ("github-work:acme/shop.git", {"repository": "acme/shop"}),
        ("https://gitlab.com/acme/web/shop.git", {"project": "acme/web/shop"}),
        ("git@gitlab.com:acme/web/shop.git", {"project": "acme/web/shop"}),
        ("ssh://git@gitlab.example.com:2222/acme/shop.git", {"project": "acme/shop", "url": "https://gitlab.example.com"}),
        ("https://acme.ghe.com/acme/shop.git", {"repository": "acme/shop", "api_url": "https://api.acme.ghe.com"}),
        ("https://github.com/acme/a/b.git", None),
        ("https://code.example.com/acme/shop.git", None),
        ("mirrors/github/shop.git", None),
        ("/srv/git/shop.git", None),
    ],
)  # fmt: skip
def test_the_repository_is_that_of_the_remote(
    url: str, expected: dict[str, str] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", "/nowhere")
    # As ssh answers where its configuration has that alias.
    ssh = tmp_path / "bin" / "ssh"
    ssh.parent.mkdir()
    ssh.write_text('#!/bin/sh\necho "hostname $3" | sed s/github-work/github.com/\n')
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", f"{ssh.parent}:{os.environ['PATH']}")
    _remote(tmp_path, url)
    found = [one for one in suggest({}, tmp_path) if one.active]
    assert [one.settings for one in found] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (
            {"PROMETHEUS_URL": "https://me:hunter2-hunter2@prom.example/p"},
            {"url": "https://prom.example/p", "username": "me", "token_env": "PROMETHEUS_TOKEN"},
        ),
        ({"PROMETHEUS_URL": "prom.example:9090"}, None),
        ({"PROMETHEUS_URL": "http://["}, None),
        ({"PROMETHEUS_URL": "https://prom.example?token=hunter2"}, None),
        (
            {"GITHUB_REPOSITORY": "acme/shop", "GITHUB_TOKEN": "hunter2-hunter2"},
            {"repository": "acme/shop", "token_env": "GITHUB_TOKEN"},
        ),
    ],
)
def test_what_the_environment_has_is_written_so_that_it_can_be_read_and_without_secrets(
    environ: dict[str, str], expected: dict[str, str] | None, tmp_path: Path
) -> None:
    printed = pm_timeline("init", folder=tmp_path, env=environ)
    text = (tmp_path / "pm-timeline.toml").read_text()
    assert [source.settings for source in load(tmp_path / "pm-timeline.toml").sources] == (
        [expected] if expected else []
    )
    assert expected or "where something is wrong: url: " in text
    assert "hunter2" not in text + printed.out + printed.err


def test_a_token_for_one_host_of_github_is_not_sent_to_another(tmp_path: Path) -> None:
    _remote(tmp_path, "https://github.example.com/acme/shop")
    for variable, used in (("GH_TOKEN", None), ("GH_ENTERPRISE_TOKEN", "GH_ENTERPRISE_TOKEN")):
        (found,) = [one for one in suggest({variable: "x"}, tmp_path) if one.type == "github"]
        assert found.settings.get("token_env") == used


def test_of_a_fork_the_remote_is_what_it_was_forked_from(tmp_path: Path) -> None:
    _remote(tmp_path, "https://github.com/dana/shop.git")
    for name, url in (("backup", "/srv/shop.git"), ("upstream", "https://github.com/acme/shop.git")):
        subprocess.run(["git", "-C", str(tmp_path), "remote", "add", name, url], check=True)
    assert remote_of(tmp_path) == Remote("upstream", "github.com", "acme/shop")
    assert remote_of(tmp_path / "bin") is None


def test_servers_in_the_cluster_are_known_by_their_services_and_each_has_a_port_of_its_own() -> None:
    web, grpc = {"name": "http-web", "port": 80}, {"name": "grpc", "port": 10901}
    named: list[tuple[str, list[dict[str, object]]]] = [
        ("prometheus-kube-prometheus-prometheus", [{"name": "reloader-web", "port": 8080}, {**web, "port": 9090}]),
        ("prometheus-grafana", [web]),
        ("prometheus-kube-prometheus-alertmanager", [web]),
        ("thanos-query", [grpc, web]),
        ("loki-gateway", [web]),
        ("prometheus-kube-prometheus-operator", [web]),
        ("prometheus-kube-state-metrics", [web]),
        ("prometheus-prometheus-node-exporter", [web]),
        ("checkout", [web]),
        ("prometheus-none", []),
    ]
    taken: set[int] = set()
    found = [
        one
        for name, ports in named
        for one in runs_in("prod eu", {"metadata": {"name": name, "namespace": "mon"}, "spec": {"ports": ports}}, taken)
    ]
    assert [(one.type, one.settings["url"].rpartition(":")[2]) for one in found] == [
        ("prometheus", "9090"),
        ("grafana", "3000"),
        ("alertmanager", "9093"),
        ("prometheus", "9091"),
        ("loki-events", "3100"),
    ]
    forward = "kubectl --context 'prod eu' -n mon port-forward svc/thanos-query 9091:80"
    assert found[3].why.endswith(forward)
    assert not any(one.active for one in found)
    headless = {"metadata": {"name": "prometheus-operated"}, "spec": {"ports": [web], "clusterIP": "None"}}
    assert not [one for item in (headless, 7, None) for one in runs_in("prod", item, taken)]


def test_the_cluster_is_asked_for_its_services(tmp_path: Path) -> None:
    def answer(path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, object]:
        assert headers["authorization"] == "Bearer t0ken-of-mine"
        service = {"metadata": {"name": "prometheus-server", "namespace": "mon"}, "spec": {"ports": [{"port": 80}]}}
        pages = {"": ([{"metadata": 7}, None], "more"), "more": ([service], "broken"), "broken": (None, "")}
        items, following = pages[params.get("continue", "")]
        listed = {"metadata": {"continue": following}, "items": items}
        return (200, listed) if path == "/api/v1/services" else (404, {})

    config = tmp_path / "kube.yaml"
    with serving(answer) as url:
        config.write_text(yaml.safe_dump({**KUBECONFIG, "clusters": [{"name": "c", "cluster": {"server": url}}]}))
        done = pm_timeline("init", folder=tmp_path, env={"KUBECONFIG": str(config)})
    assert done.code == 0
    written = (tmp_path / "pm-timeline.toml").read_text()
    assert '# [sources.prometheus-server]\n# type = "prometheus"\n# url = "http://127.0.0.1:9090"\n' in written
    assert "kubectl --context prod.eu -n mon port-forward svc/prometheus-server 9090:80" in written
    assert "t0ken-of-mine" not in written + done.out + done.err


def test_what_was_found_is_listed_and_what_to_do_next(kubeconfig: Path, tmp_path: Path) -> None:
    work = tmp_path / "empty"
    work.mkdir()
    done = pm_timeline("init", folder=work, env={"KUBECONFIG": str(kubeconfig)})
    assert done.out == (
        "pm-timeline.toml is written\n"
        "  prod.eu (kubernetes): the current context of your kubeconfig\n"
        "  staging (kubernetes): another context of your kubeconfig (as a comment)\n"
        "Next: pm-timeline check\n"
    )


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=12)), max_size=4))
def test_whatever_the_names_the_file_is_toml_and_keeps_the_values(names: list[tuple[str, str]]) -> None:
    names = [(_writable(name), _writable(value)) for name, value in names]
    tables = tomllib.loads(
        as_toml([Suggestion(name, "prometheus", {"url": value}, why=value) for name, value in names])
    )
    assert [table["url"] for table in tables.get("sources", {}).values()] == [value for _, value in names]


def test_where_nothing_is_found_a_source_comes_first(tmp_path: Path) -> None:
    done = pm_timeline("init", folder=tmp_path)
    assert done.out == (
        "pm-timeline.toml is written\nNothing was found to ask: write a source into it. Then: pm-timeline check\n"
    )


def test_a_closed_stdout_leaves_no_file_behind(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(
        ["sh", "-c", f"{COMMAND} init >&-"], cwd=tmp_path, env=env, check=False, stderr=subprocess.PIPE
    )
    assert (done.returncode, done.stderr) == (2, b"pm-timeline: stdout is closed; name a file, or open it\n")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "pm-timeline.toml").write_text("mine")
    refused = pm_timeline("init", folder=tmp_path)
    assert (refused.code, (tmp_path / "pm-timeline.toml").read_text()) == (2, "mine")
    assert "exists already" in refused.err
    printed = pm_timeline("init", "-o", "-", folder=tmp_path)
    assert printed.code == 0
    assert tomllib.loads(printed.out) == {}
    assert [path.name for path in tmp_path.iterdir()] == ["pm-timeline.toml"]
    again = pm_timeline("init", "--output", "other.toml", folder=tmp_path)
    assert again.code == 0
    load(tmp_path / "other.toml")


def test_where_there_is_no_room_no_part_is_left(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            write(tmp_path / "pm-timeline.toml", [])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def _writable(text: str) -> str:
    return text.encode("utf-8", "ignore").decode()
