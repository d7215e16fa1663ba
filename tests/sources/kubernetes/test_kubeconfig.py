"""Several kubeconfig files, understood as kubectl understands them."""

import os
import warnings
from pathlib import Path

import pytest
from urllib3.exceptions import InsecureRequestWarning

from collector.secrets import Scrubber
from collector.source import SourceError
from sources.kube_api.connect import connect
from sources.kube_api.settings import KubernetesSettings


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def cluster(name: str, context: str | None = None) -> str:
    return f"""
clusters: [{{name: {name}, cluster: {{server: "https://{name}.example.com"}}}}]
users: [{{name: {name}, user: {{token: token-of-{name}}}}}]
contexts: [{{name: {name}, context: {{cluster: {name}, user: {name}, namespace: ns-{name}}}}}]
current-context: {name if context is None else context}
"""


def connected(monkeypatch: pytest.MonkeyPatch, *files: Path, context: str | None = None) -> tuple[str, str | None, str]:
    """Address, token and namespace that the files in $KUBECONFIG lead to."""
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join(map(str, files)))
    configuration, namespace = connect(KubernetesSettings(context=context), Scrubber())
    token = configuration.api_key.get("BearerToken")
    return configuration.host, token.removeprefix("Bearer ") if token else None, namespace


EUROPE = ("https://europe.example.com", "token-of-europe", "ns-europe")
ASIA = ("https://asia.example.com", "token-of-asia", "ns-asia")


def test_the_first_current_context_that_is_not_empty_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    europe, asia = write(tmp_path / "a", cluster("europe")), write(tmp_path / "b", cluster("asia"))
    assert connected(monkeypatch, europe, asia) == EUROPE
    assert connected(monkeypatch, asia, europe) == ASIA
    assert connected(monkeypatch, europe, asia, context="asia") == ASIA
    for unset in ('""', "null", "~"):
        silent = write(tmp_path / "c", cluster("america", unset))
        assert connected(monkeypatch, silent, asia) == ASIA
        assert connected(monkeypatch, asia, silent) == ASIA


@pytest.mark.parametrize("text", ["", "\n", "# nothing yet\n", "---\n", "{}", "clusters: null\nusers:\n"])
def test_a_file_without_content_is_passed_over(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty, europe = write(tmp_path / "empty", text), write(tmp_path / "a", cluster("europe"))
    assert connected(monkeypatch, empty, europe, tmp_path / "missing") == EUROPE
    assert connected(monkeypatch, europe, empty) == EUROPE


def test_the_first_file_that_defines_a_name_defines_it_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = write(tmp_path / "b", cluster("europe").replace("europe.example", "other.example"))
    mine = write(tmp_path / "a", 'users: [{name: europe, user: {username: me, password: "a-password"}}]')
    host, token, _ = connected(monkeypatch, mine, theirs)
    assert host == "https://other.example.com"
    assert token is not None
    assert token.startswith("Basic ")


def test_paths_are_relative_to_the_file_that_has_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "user" / "me.pem", "certificate")
    write(tmp_path / "user" / "me.key", "a-private-key")
    write(tmp_path / "cluster" / "ca.pem", "authority")
    user = write(tmp_path / "user" / "config", "users: [{name: europe, user: {client-certificate: me.pem, "
                 'client-certificate-data: "", client-key: ./me.key}}]')  # fmt: skip
    ca = 'com", certificate-authority: ca.pem}'
    server = write(
        tmp_path / "cluster" / "config", cluster("europe").replace('com"}', ca).replace("token", "impersonate")
    )
    monkeypatch.chdir(tmp_path)
    for files in ((user, server), (user.relative_to(tmp_path), server.relative_to(tmp_path))):
        monkeypatch.setenv("KUBECONFIG", os.pathsep.join(map(str, files)))
        configuration, _ = connect(KubernetesSettings(), Scrubber())
        assert configuration.cert_file == str(tmp_path / "user" / "me.pem")
        assert configuration.key_file == str(tmp_path / "user" / "me.key")
        assert configuration.ssl_ca_cert == str(tmp_path / "cluster" / "ca.pem")


@pytest.mark.parametrize("written", ["a-token", "a-token\n", "\r\n a-token \r\n"])
def test_the_token_in_a_file_is_what_the_file_has_without_white_space(
    written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a" / "token", written)
    config = write(tmp_path / "a" / "config", cluster("europe").replace("token: token-of-europe", "tokenFile: token"))
    assert connected(monkeypatch, config)[1] == "a-token"
    # kubectl prefers the file, which may be renewed, and falls back to the token.
    both = write(tmp_path / "a" / "config", cluster("europe").replace("token:", "tokenFile: token, token:"))
    assert connected(monkeypatch, both)[1] == "a-token"
    write(tmp_path / "a" / "token", "\n")
    assert connected(monkeypatch, both)[1] == "token-of-europe"


def test_a_token_file_that_is_missing_or_empty_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = write(tmp_path / "config", cluster("europe").replace("token: token-of-europe", "tokenFile: token"))
    with pytest.raises(SourceError, match=rf"tokenFile {tmp_path}/token .* cannot be read \(No such file"):
        connected(monkeypatch, config)
    write(tmp_path / "token", "\n")
    with pytest.raises(SourceError, match="is empty"):
        connected(monkeypatch, config)


def test_a_plugin_is_found_beside_its_kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    api = "client.authentication.k8s.io/v1"
    answer = f'{{"apiVersion": "{api}", "kind": "ExecCredential", "status": {{"token": "of-a-plugin"}}}}'
    write(tmp_path / "a" / "bin" / "login", f"#!/bin/sh\necho '{answer}'\n").chmod(0o755)
    plugin = f"exec: {{apiVersion: {api}, command: ./bin/login, interactiveMode: Never}}"
    config = write(tmp_path / "a" / "config", cluster("europe").replace("token: token-of-europe", plugin))
    assert connected(monkeypatch, config)[1] == "of-a-plugin"


def test_the_file_that_is_wrong_is_named_and_not_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = write(tmp_path / "good", cluster("europe"))
    for text, problem in [
        ("users: [hunter2", "not valid YAML"),
        ("users: [hunter2]", "malformed"),
        ("hunter2", "malformed"),
    ]:
        bad = write(tmp_path / "bad", text)
        with pytest.raises(SourceError, match=rf"^kubeconfig {bad} is {problem}") as refused:
            connected(monkeypatch, good, bad)
        assert "hunter2" not in f"{refused.value} {refused.value.hint}"


def test_who_wants_no_certificate_checked_is_not_warned_of_each_request(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(
        "clusters: [{name: c, cluster: {server: 'https://127.0.0.1:9', insecure-skip-tls-verify: true}}]\n"
        "contexts: [{name: x, context: {cluster: c}}]\ncurrent-context: x\n"
    )
    with warnings.catch_warnings(record=True) as warned:
        connect(KubernetesSettings(kubeconfig=path), Scrubber())
        warnings.warn("unverified request", InsecureRequestWarning, stacklevel=1)
    assert warned == []


@pytest.mark.parametrize("second", ["", "/nowhere/config"])
def test_a_folder_is_called_one(second: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join(filter(None, (str(tmp_path), second))))
    with pytest.raises(SourceError, match=f"{tmp_path} is a folder|{tmp_path} \\(from .KUBECONFIG\\) is a folder"):
        connect(KubernetesSettings(), Scrubber())
    monkeypatch.delenv("KUBECONFIG")
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    (tmp_path / ".kube" / "config").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(SourceError, match=r"~/\.kube/config is a folder"):
        connect(KubernetesSettings(), Scrubber())
