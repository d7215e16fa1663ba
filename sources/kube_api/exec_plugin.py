"""Runs the credentials plugin (`exec`) of a kubeconfig's user, with kubectl's rules.

The client library waits for a plugin without end, gives it the stdin that may hold notes, and hides `installHint`.
https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
"""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from collector.source import Denied
from sources.text import one_line

_GROUP = "client.authentication.k8s.io"
_VERSIONS = (f"{_GROUP}/v1", f"{_GROUP}/v1beta1")
_CLUSTER = ("server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data", "proxy-url")
"""The keys of a cluster that a plugin with `provideClusterInfo` is given."""
_LONGEST_HINT = 300
_BY_HAND = "run the plugin that its `exec` names by hand"


class Credentials(Struct, frozen=True):
    """What a plugin printed."""

    token: str = ""
    certificate: str = ""
    key: str = ""
    expires: datetime | None = None
    """In UTC; None if it does not say."""

    def entries(self) -> dict[str, str]:
        """The keys of a user in a kubeconfig that has these credentials itself."""
        pair = {"client-certificate-data": self.certificate, "client-key-data": self.key}
        found = {name: base64.b64encode(value.encode()).decode() for name, value in pair.items() if value}
        return found | ({"token": self.token} if self.token else {})


def run_plugin(plugin: Mapping[str, Any], cluster: Mapping[str, Any], where: str, timeout: float) -> Credentials:
    """The credentials that the plugin prints within `timeout` seconds. `where` names the kubeconfig in errors.

    Raises Denied, which quotes neither arguments nor output. A malformed entry raises TypeError, ValueError, KeyError
    or AttributeError.
    """
    command, version = str(plugin["command"]), str(plugin["apiVersion"])
    name = f"{where}: the credentials plugin {command}"
    if version not in _VERSIONS:
        raise Denied(f"{name} has the apiVersion {version}", f"kubectl knows {' and '.join(_VERSIONS)}")
    interactive = _interactive(plugin, name)
    spec: dict[str, Any] = {"interactive": interactive}
    if plugin.get("provideClusterInfo"):
        spec["cluster"] = _cluster(cluster)
    asked = {"apiVersion": version, "kind": "ExecCredential", "spec": spec}
    added = {str(each["name"]): str(each["value"]) for each in plugin.get("env") or ()}
    environment = {**os.environ, **added, "KUBERNETES_EXEC_INFO": json.dumps(asked)}
    words = [command, *(str(each) for each in plugin.get("args") or ())]
    printed = _printed(words, environment, name, str(plugin.get("installHint") or ""), timeout, interactive=interactive)
    return _credentials(printed, version, name)


def _interactive(plugin: Mapping[str, Any], name: str) -> bool:
    """Whether the plugin may ask the person at the terminal something."""
    mode = plugin.get("interactiveMode") or "IfAvailable"
    if mode not in ("Never", "IfAvailable", "Always"):
        raise Denied(f"{name} has the interactiveMode {mode}", "it is Never, IfAvailable or Always")
    terminal = sys.stdin is not None and sys.stdin.isatty()
    if mode == "Always" and not terminal:
        hint = "run it in a terminal, or log in first by hand and set `interactiveMode: IfAvailable`"
        raise Denied(f"{name} needs a terminal (interactiveMode: Always), and stdin is none", hint)
    return mode != "Never" and terminal


def _cluster(cluster: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: cluster[key] for key in _CLUSTER if cluster.get(key)}
    if "certificate-authority-data" not in found and cluster.get("certificate-authority"):
        content = Path(cluster["certificate-authority"]).read_bytes()
        found["certificate-authority-data"] = base64.b64encode(content).decode()
    config = next(
        (each["extension"] for each in cluster.get("extensions") or () if each["name"] == f"{_GROUP}/exec"), None
    )
    return found | ({"config": config} if config is not None else {})


def _printed(
    words: list[str], environment: dict[str, str], name: str, install: str, timeout: float, *, interactive: bool
) -> str:
    # A login may ask on stderr; otherwise the output of a plugin may hold a secret.
    stdin, stderr = (None, None) if interactive else (subprocess.DEVNULL, subprocess.DEVNULL)
    try:
        # The command comes from the user's own kubeconfig, and there is no shell to inject into.
        process = subprocess.Popen(words, env=environment, stdin=stdin, stdout=subprocess.PIPE, stderr=stderr)  # noqa: S603
    except FileNotFoundError:
        hint = one_line(install)[:_LONGEST_HINT] or "install it, or add its folder to PATH"
        raise Denied(f"{name} is not installed", hint) from None
    except OSError as error:
        raise Denied(f"{name} cannot be run ({error.strerror or type(error).__name__})", _BY_HAND) from None
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        hint = "does it wait for a login? run it by hand first, or raise `deadline`"
        raise Denied(f"{name} had not ended after {timeout:g} s", hint) from None
    finally:
        if process.returncode is None:
            process.kill()
            process.wait()
            # A child of the plugin may keep its own end open.
            if process.stdout is not None:
                process.stdout.close()
    if process.returncode:
        raise Denied(f"{name} failed with exit code {process.returncode}", _BY_HAND)
    return output.decode("utf-8", "replace")


def _credentials(printed: str, version: str, name: str) -> Credentials:
    try:
        answer = json.loads(printed)
        status = answer.get("status")
    except (ValueError, RecursionError, AttributeError):
        raise Denied(f"{name} printed something else than an ExecCredential", _BY_HAND) from None
    if answer.get("apiVersion") != version:
        given = one_line(str(answer.get("apiVersion") or "none"))[:60]
        hint = "set the apiVersion in `exec` to what the plugin prints, or update the plugin"
        raise Denied(f"{name} printed apiVersion {given}, but the kubeconfig has {version}", hint)
    status = status if isinstance(status, dict) else {}
    token, certificate, key = (
        str(status.get(each) or "") for each in ("token", "clientCertificateData", "clientKeyData")
    )
    if bool(certificate) != bool(key):
        raise Denied(f"{name} printed only one of clientCertificateData and clientKeyData", _BY_HAND)
    if not token and not key:
        raise Denied(f"{name} printed no token and no certificate", _BY_HAND)
    expires = _moment(status.get("expirationTimestamp"))
    if expires is not None and expires <= datetime.now(UTC):
        hint = "log in again, or remove the cache of the plugin; is the clock right?"
        raise Denied(f"{name} printed credentials that expired at {expires:%Y-%m-%d %H:%M} UTC", hint)
    return Credentials(token, certificate, key, expires)


def _moment(stamp: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(stamp)) if stamp else None
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment is not None and moment.tzinfo else None
