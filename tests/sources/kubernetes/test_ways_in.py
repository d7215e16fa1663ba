"""Ways to an API server that kubectl knows: SOCKS proxies, impersonation, credentials plugins that talk."""

import json
import socket
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import pytest

from collector.secrets import Scrubber
from collector.source import Deadline, Denied, Document, SourceError, Unreachable
from sources.kube_api.connect import connect, target
from sources.kube_api.settings import KubernetesSettings
from sources.kubernetes.fetch import fetch
from tests.sources.kubernetes.api_server import Reply, Server
from tests.sources.kubernetes.socks import NAME, socks5

PLUGIN = "client.authentication.k8s.io/v1"


def empty(_: str) -> Reply:
    return 200, {}, '{"items": []}'


def kubeconfig(folder: Path, server: str, user: dict[str, Any], **cluster: object) -> KubernetesSettings:
    content = {
        "clusters": [{"name": "c", "cluster": {"server": server, **cluster}}],
        "users": [{"name": "u", "user": user}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    path = folder / "kubeconfig"
    path.write_text(json.dumps(content))
    return KubernetesSettings(kubeconfig=path, timeout=5)


def listed(settings: KubernetesSettings) -> int:
    """How many answers there are, none of them a problem."""
    given = list(fetch(settings, Scrubber(), Deadline(20), lambda _: None))
    assert all(isinstance(each, Document) for each in given), given
    return len(given)


@pytest.mark.parametrize("scheme", ["socks5", "SOCKS5", "socks5h"])
def test_a_socks_proxy_looks_the_name_up_itself_whatever_no_proxy_has(
    scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    with Server(empty) as server, socks5(urlsplit(server.url).port or 0) as (address, asked):
        found = listed(
            kubeconfig(tmp_path, f"http://{NAME}:6443", {"token": "a-token"}, **{"proxy-url": f"{scheme}://{address}"})
        )
    assert found > 10
    assert set(asked) == {NAME}


def test_without_the_package_the_extra_is_named(tmp_path: Path) -> None:
    settings = kubeconfig(tmp_path, "http://x", {}, **{"proxy-url": "socks5://127.0.0.1:1"})
    with mock.patch("sources.kube_api.proxy.find_spec", return_value=None), pytest.raises(SourceError) as refused:
        listed(settings)
    assert refused.value.reason == "proxy-url of the kubeconfig is a SOCKS proxy, for which PySocks is missing"
    assert "pm-timeline[socks]" in refused.value.hint


@pytest.mark.parametrize("proxy", ["ftp://proxy", "proxy:3128", "socks4://proxy", "http:"])
def test_a_proxy_of_another_kind_is_named_without_its_password(proxy: str, tmp_path: Path) -> None:
    settings = kubeconfig(tmp_path, "http://x", {}, **{"proxy-url": proxy})
    with pytest.raises(SourceError, match="proxy-url of the kubeconfig is none of http"):
        listed(settings)


def test_requests_are_made_as_whom_the_kubeconfig_impersonates(tmp_path: Path) -> None:
    user = {
        "token": "a-token",
        "as": "jané",
        "as-uid": "7",
        "as-groups": ["sre", "on-call"],
        "as-user-extra": {"acme.example/reason": ["incident", "audit"]},
    }
    with Server(empty) as server:
        settings = kubeconfig(tmp_path, server.url, user)
        assert listed(settings) > 10
        sent = [(name, value.encode("latin-1").decode()) for name, value in server.impersonated]
    assert sent == [
        ("Impersonate-User", "jané"),
        ("Impersonate-Uid", "7"),
        ("Impersonate-Group", "sre"),
        ("Impersonate-Group", "on-call"),
        ("Impersonate-Extra-acme.example%2Freason", "incident"),
        ("Impersonate-Extra-acme.example%2Freason", "audit"),
    ]
    assert target(settings) == f"context x, {server.url}, as u acting as jané"


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        ({"as-groups": ["sre"]}, "without a user"),
        ({"as-user-extra": {"a": ["b"]}}, "without a user"),
        ({"as": "jane", "as-groups": "sre"}, "is malformed"),
        ({"as": "jane", "as-user-extra": {"a": "b"}}, "is malformed"),
        ({"as": "jane\r\nX-Other: 1"}, "is malformed"),
        ({"as": 7}, "is malformed"),
    ],
)
def test_half_an_impersonation_is_refused_and_never_left_out(user: dict[str, Any], reason: str, tmp_path: Path) -> None:
    with Server(empty) as server, pytest.raises(SourceError, match=reason):
        listed(kubeconfig(tmp_path, server.url, user))
    assert server.asked == []


def plugin(folder: Path, script: str, **more: object) -> dict[str, Any]:
    path = folder / "login"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return {"exec": {"apiVersion": PLUGIN, "command": str(path), "interactiveMode": "Never", **more}}


def printing(**status: str) -> str:
    answer = {"apiVersion": PLUGIN, "kind": "ExecCredential", "status": status}
    return f"echo '{json.dumps(answer)}'"


def test_what_a_plugin_warns_of_is_no_failure_and_not_shown(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    answer = json.dumps({"apiVersion": PLUGIN, "kind": "ExecCredential", "status": {"token": "of-a-plugin"}})
    script = f"echo 'WARNING: 0123-a-secret is deprecated' >&2\necho '{answer}'"
    with Server(empty) as server:
        assert listed(kubeconfig(tmp_path, server.url, plugin(tmp_path, script))) > 10
    assert server.tokens == {"Bearer of-a-plugin"}
    assert capfd.readouterr() == ("", "")
    with Server(empty) as server, pytest.raises(Denied, match="login printed something else than an ExecCredential"):
        listed(kubeconfig(tmp_path, server.url, plugin(tmp_path, "echo 'WARNING: please upgrade'")))


def test_a_plugin_that_is_missing_says_how_to_install_it(tmp_path: Path) -> None:
    missing = {"apiVersion": PLUGIN, "command": "kube-login", "installHint": "brew install\n  kube-login"}
    with Server(empty) as server, pytest.raises(Denied, match="plugin kube-login is not installed") as refused:
        listed(kubeconfig(tmp_path, server.url, {"exec": missing}))
    assert refused.value.hint == "brew install kube-login"


@pytest.mark.parametrize(
    ("script", "more", "reason", "remedy"),
    [
        (printing(token="of-a-plugin"), {"interactiveMode": "Always"}, "needs a terminal", "log in first by hand"),
        ("sleep 5", {}, "had not ended after 0.5 s", "raise `deadline`"),
        ("sleep 5 & wait", {}, "had not ended after 0.5 s", "raise `deadline`"),
        ("cat; " + printing(token="of-a-plugin", expirationTimestamp="2026-01-01T00:00:00Z"), {},
         "expired at 2026-01-01 00:00 UTC", "log in again"),
        (printing(token="of-a-plugin"), {"apiVersion": f"{PLUGIN}beta1"}, "printed apiVersion .*/v1,", "apiVersion"),
        (printing(token="of-a-plugin"), {"apiVersion": f"{PLUGIN}alpha1"}, "the apiVersion .*/v1alpha1", "/v1beta1"),
        (printing(clientKeyData="of-a-plugin"), {}, "printed only one of clientCertificateData", "by hand"),
        (printing(), {}, "printed no token and no certificate", "by hand"),
        (printing(token="of-a-plugin"), {"env": [{"name": "A"}]}, "is malformed", "kubectl config view"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_plugin_is_named_with_its_remedy(
    script: str, more: dict[str, object], reason: str, remedy: str, tmp_path: Path
) -> None:
    with Server(empty) as server:
        settings = kubeconfig(tmp_path, server.url, plugin(tmp_path, script, **more)).model_copy(
            update={"deadline": 0.5}
        )
        with pytest.raises(SourceError, match=reason) as refused:
            listed(settings)
    assert remedy in refused.value.hint
    assert "of-a-plugin" not in f"{refused.value} {refused.value.hint}"
    assert server.asked == []


def test_a_plugin_is_given_its_environment_the_cluster_and_no_notes(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("authority")
    script = (
        f'echo "$TENANT" > {tmp_path}/seen; cat >> {tmp_path}/seen; echo "$KUBERNETES_EXEC_INFO" >> {tmp_path}/seen'
    )
    user = plugin(
        tmp_path,
        f"{script}; {printing(token='of-a-plugin')}",
        env=[{"name": "TENANT", "value": "shop"}],
        provideClusterInfo=True,
    )
    extension = {"name": "client.authentication.k8s.io/exec", "extension": {"audience": "shop"}}
    with Server(empty) as server:
        given = {"certificate-authority": str(tmp_path / "ca.pem"), "extensions": [extension]}
        listed(kubeconfig(tmp_path, server.url, user, **given))
    tenant, asked = (tmp_path / "seen").read_text().splitlines()
    assert tenant == "shop"
    assert json.loads(asked)["spec"] == {
        "interactive": False,
        "cluster": {
            "server": server.url,
            "certificate-authority-data": "YXV0aG9yaXR5",
            "config": {"audience": "shop"},
        },
    }


def test_a_plugin_runs_again_when_its_token_has_expired(tmp_path: Path) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=0.7)
    first, second = printing(token="first-token", expirationTimestamp=soon.isoformat()), printing(token="second-token")
    script = f"if [ -e {tmp_path}/ran ]; then {second}; else touch {tmp_path}/ran; {first}; fi"
    configuration, _ = connect(kubeconfig(tmp_path, "https://127.0.0.1:9", plugin(tmp_path, script)), Scrubber())
    assert configuration.auth_settings()["BearerToken"]["value"] == "Bearer first-token"
    time.sleep(0.8)
    assert configuration.auth_settings()["BearerToken"]["value"] == "Bearer second-token"


@pytest.mark.parametrize("scheme", ["http", "socks5"])
@pytest.mark.parametrize("server", ["http://api.invalid", "https://api.invalid"])
def test_a_proxy_that_is_down_is_named_with_the_setting_that_it_is_from(
    server: str, scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{nobody.getsockname()[1]}"
    proxy = f"{scheme}://ada:secret@{address}"
    named = f"the proxy {'socks5h' if scheme == 'socks5' else scheme}://***@{address} (connection refused)"
    with pytest.raises(Unreachable) as failed:
        listed(kubeconfig(tmp_path, server, {"token": "a-token"}, **{"proxy-url": proxy}))
    assert failed.value.reason == f"kubernetes at {server}: no connection to {named}"
    assert failed.value.hint == "is the proxy up? see proxy-url of the kubeconfig"
    monkeypatch.setenv("ALL_PROXY", proxy)
    monkeypatch.setenv("HTTP_PROXY", proxy)
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(Unreachable) as failed:
        listed(kubeconfig(tmp_path, server, {"token": "a-token"}))
    assert failed.value.reason == f"kubernetes at {server}: no connection to {named}"
    assert "HTTP" in failed.value.hint
    assert "NO_PROXY" in failed.value.hint
