"""Suggests a configuration from kubeconfig, git remote, environment, and what runs in the cluster."""

import contextlib
import json
import re
import shlex
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from collector.secrets import Scrubber
from collector.source import UNREADABLE, Deadline, SourceError
from sources.kube_api.settings import KubernetesSettings
from sources.suggest_repository import repositories
from sources.suggestion import Suggestion, usable, without_user
from sources.text import one_line

_TIMEOUT = 5.0
"""Seconds for asking the cluster."""
_SERVERS = (
    # Charts begin names with the release: prometheus-grafana, prometheus-alertmanager.
    ("grafana", "grafana", 3000),
    ("alertmanager", "alertmanager", 9093),
    ("loki-gateway", "loki-events", 3100),
    *((part, "prometheus", 9090) for part in ("prometheus", "thanos-query", "victoria-metrics", "vmsingle")),
)
"""A part of a Service's name, the source type that it suggests, and the usual local port."""
_NO_SERVERS = re.compile(r"exporter|operator|webhook|pushgateway|adapter|state-metrics|agent|discovery|image-renderer")
_WEB = re.compile(r"web|http", re.IGNORECASE)
_URLS = {"PROMETHEUS_URL": "prometheus", "ALERTMANAGER_URL": "alertmanager", "GRAFANA_URL": "grafana"}
_NAME = re.compile(r"[^A-Za-z0-9_.-]+")


def suggest(environ: Mapping[str, str], folder: Path) -> Iterator[Suggestion]:
    """The sources that can be configured without asking the user. Never raises if something is missing."""
    yield from _clusters()
    yield from _servers(environ)
    yield from repositories(environ, folder)


def as_toml(found: list[Suggestion]) -> str:
    """A commented `pm-timeline.toml` with these sources."""
    lines = [
        "# Which systems `pm-timeline` asks. Try it: pm-timeline check",
        '# tz = "Europe/Berlin"   # the zone of times without one; default: that of this machine',
        "",
    ]
    taken: set[str] = set()
    for one in found:
        name = _unique(one.name, taken)
        mark = "" if one.active else "# "
        lines += [f"# {one_line(one.why)}"] if one.why else []
        lines += [f"{mark}[sources.{name}]", f"{mark}type = {_quoted(one.type)}"]
        lines += [f"{mark}{key} = {_quoted(value)}" for key, value in one.settings.items()]
        lines.append("")
    if not any(one.active for one in found):
        lines += ["# Nothing was found to ask. A source looks like this:", "# [sources.prometheus]"]
        lines += ['# type = "prometheus"', '# url = "https://prometheus.example.com"', ""]
    return "\n".join(lines)


def _clusters() -> Iterator[Suggestion]:
    from sources.kube_api.connect import contexts

    try:
        names, current = contexts(KubernetesSettings())
    except SourceError as error:
        if "no kubeconfig" not in error.reason:
            yield Suggestion("kubernetes", "kubernetes", why=f"{error.reason}", active=False)
        return
    for name in names:
        active = name == current
        why = "the current context of your kubeconfig" if active else "another context of your kubeconfig"
        yield Suggestion(name, "kubernetes", {"context": name, "cluster": name}, why, active)
    if current:
        yield from _in_cluster(current)


def _in_cluster(context: str) -> Iterator[Suggestion]:
    """Metrics and log servers in the cluster, found by the names of their Services."""
    from kubernetes import client

    from sources.bounded import Allowance
    from sources.kube_api.api import Api
    from sources.kube_api.connect import connect

    scrubber, taken = Scrubber(), set[int]()
    query: dict[str, object] = {"limit": 500}
    # On any error, there is nothing more to suggest.
    with contextlib.suppress(SourceError, *UNREADABLE):
        configuration, _ = connect(KubernetesSettings(context=context), scrubber)
        with client.ApiClient(configuration) as connection:
            deadline = Deadline(_TIMEOUT)
            api = Api(connection, scrubber, _TIMEOUT, deadline, time.sleep, Allowance(deadline))
            while "continue" not in query or query["continue"]:
                listed = json.loads(api.page("/api/v1/services", query, "services", set()).text)
                for item in listed["items"]:
                    yield from runs_in(context, item, taken)
                query["continue"] = listed["metadata"].get("continue", "")


def runs_in(context: str, item: object, taken: set[int]) -> Iterator[Suggestion]:
    """The server behind a Service of the cluster, if it is of a type that can be asked.

    `taken` are the local ports that other servers are forwarded to; this server's port is added.
    """
    metadata, spec = ((item.get(key) if isinstance(item, dict) else None) for key in ("metadata", "spec"))
    if not isinstance(metadata, dict) or not isinstance(spec, dict):
        return
    name, namespace = str(metadata.get("name") or ""), str(metadata.get("namespace") or "")
    ports = [each for each in spec.get("ports") or () if isinstance(each, dict) and each.get("port")]
    type_, here = next(((type_, port) for part, type_, port in _SERVERS if part in name), ("", 0))
    headless = spec.get("clusterIP") == "None"
    if not type_ or headless or not ports or _NO_SERVERS.search(name):
        return
    # The other ports are for gRPC or for a sidecar.
    port = min(ports, key=lambda each: not _WEB.match(str(each.get("name") or "")))["port"]
    while here in taken:
        here += 1
    taken.add(here)
    forward = f"kubectl --context {shlex.quote(context)} -n {namespace} port-forward svc/{name} {here}:{port}"
    settings = {"url": f"http://127.0.0.1:{here}"} | ({"token_env": "GRAFANA_TOKEN"} if type_ == "grafana" else {})
    yield Suggestion(name, type_, settings, f"runs in {context}; reach it by: {forward}", active=False)


def _servers(environ: Mapping[str, str]) -> Iterator[Suggestion]:
    for variable, type_ in _URLS.items():
        if environ.get(variable):
            token = variable.replace("_URL", "_TOKEN")
            url, user = without_user(environ[variable])
            settings = {"url": url} | ({"username": user} if user else {})
            settings |= {"token_env": token} if user or environ.get(token) else {}
            why = f"from ${variable}" + (f"; its password belongs in ${token}, it is not written here" if user else "")
            yield usable(Suggestion(type_, type_, settings, why))


def _unique(name: str, taken: set[str]) -> str:
    plain = _NAME.sub("-", name).strip("-._")[:60] or "source"
    plain = f"{plain}-source" if plain == "notes" else plain
    found, number = plain, 1
    while found in taken:
        number += 1
        found = f"{plain}-{number}"
    taken.add(found)
    return f'"{found}"' if "." in found else found


def _quoted(text: str) -> str:
    """A TOML string; the escapes of JSON are a subset of those of TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def write(path: Path, found: list[Suggestion]) -> None:
    """Write the configuration to `path`, which must not exist yet. Raises FileExistsError and other OSErrors.

    If the disk is full, the partial file is deleted, so that it does not block the next attempt.
    """
    with path.open("x", encoding="utf-8") as file:
        try:
            file.write(as_toml(found))
            file.flush()
        except OSError:
            path.unlink()
            raise
