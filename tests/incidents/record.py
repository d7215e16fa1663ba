"""Makes the bundles: plays each incident into real servers and captures it with the real command.

Run as `python -m tests.incidents [NAME...]`, or `make incidents`.
"""

import contextlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from importlib import import_module
from pathlib import Path

from tests.cli.command import pm_timeline_process
from tests.incident.github_payloads import write as write_github
from tests.incidents import audit
from tests.incidents.alerting import rules, series
from tests.incidents.bundle import load, save, settled
from tests.incidents.github import dated
from tests.incidents.ids import stamp
from tests.incidents.incident import Incident
from tests.incidents.systems import TOKEN
from tests.incidents.traffic import Metrics
from tests.servers.github import github
from tests.servers.kubernetes import Kubernetes, kubernetes
from tests.servers.process import ROOT
from tests.servers.prometheus import prometheus
from tests.servers.web import serving

_AWS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": TOKEN, "AWS_EC2_METADATA_DISABLED": "true"}
FOLDER = ROOT / "fixtures" / "incidents"


def names() -> list[str]:
    """All incidents."""
    return sorted(path.name for path in FOLDER.iterdir() if (path / "expected.yaml").is_file())


def record(wanted: Sequence[str]) -> None:
    """Make these bundles."""
    with tempfile.TemporaryDirectory() as state, kubernetes(Path(state) / "kubernetes") as cluster:
        cluster.define_rollouts()
        cluster.define_argo_cd()
        cluster.define_flux()
        for name in wanted:
            incident: Incident = import_module(f"tests.incidents.stories.{name.replace('-', '_')}").play()
            incident.world.play()
            _capture(incident, FOLDER / name, Path(state) / name, cluster)
            print(f"{name}: {(FOLDER / name / 'bundle.zip').stat().st_size // 1024} KiB")


def _capture(incident: Incident, target: Path, state: Path, cluster: Kubernetes) -> None:
    folder = state / "user"
    folder.mkdir(parents=True)
    with contextlib.ExitStack() as stack:
        hosts: dict[str, str] = {str(folder): "/home/oncall", str(state): "/home"}
        sources: dict[str, dict[str, object]] = {}
        for name, settings, known_as in _sources(incident, state, cluster, stack):
            sources[name] = settings
            hosts |= known_as
        (folder / "pm-timeline.toml").write_text(_toml(sources))
        start, end = (stamp(incident.world.moment(when)) for when in incident.window)
        options = ["--from", start, "--to", end, "--tz", incident.tz]
        if incident.notes:
            (folder / "notes.md").write_text(incident.notes)
            options += ["--notes", "notes.md"]
        for namespace in incident.namespaces:
            options += ["--namespace", namespace]
        bundle = folder / "bundle.zip"
        done = pm_timeline_process(
            *options, "--capture", bundle, "--format", "json", folder=folder, env={"TOKEN": TOKEN, **_AWS}, timeout=300
        )
        if done.code:
            raise SystemExit(f"{target.name}: {done.err}")
    captured, births = stamp(incident.world.end), stamp(incident.world.end - timedelta(days=200))
    save(settled(load(bundle), captured, hosts, births), target / "bundle.zip")


def _sources(
    incident: Incident, state: Path, cluster: Kubernetes, stack: contextlib.ExitStack
) -> Iterator[tuple[str, dict[str, object], Mapping[str, str]]]:
    """Start what is asked: (name, settings, addresses and what they are to be called)."""
    world, more = incident.world, incident.settings
    if incident.prometheus:
        missing = [(world.moment(a), world.moment(b)) for a, b in incident.metrics_missing]
        first = world.moment(incident.window[0]) - incident.lead
        metrics = Metrics(world, first, incident.traffic, missing, lambda: series(world, incident.alerts, first))
        url = stack.enter_context(prometheus(state / "prometheus", metrics.text(), rules(incident.alerts)))
        settings = {"type": "prometheus", "url": url, **more.get("prometheus", {})}
        yield "prometheus", settings, {url: "https://prometheus.example.com"}
    if incident.kubernetes:
        cluster.clear()
        cluster.put([*world.objects(incident.event_ttl), *incident.more_objects()])
        host = cluster.url.removeprefix("https://")
        settings = {"type": "kubernetes", "kubeconfig": str(cluster.kubeconfig), **more.get("kubernetes", {})}
        yield "kubernetes", settings, {host: "api.example.com:6443", str(cluster.kubeconfig): "/home/oncall/kubeconfig"}
    if world.recorded:
        world.recorded.write(state / "recorded.db")
        store = f"sqlite:///{state / 'recorded.db'}"
        yield "recorded", {"type": "recorder", "store": store}, {str(state / "recorded.db"): "/var/lib/recorded.db"}
    if incident.repositories:
        happened = {name: [dated(world, one) for one in listed] for name, listed in incident.repositories.items()}
        write_github(state / "github", happened)
        url = stack.enter_context(github(state / "github", TOKEN))
        for name in incident.repositories:
            settings = {"type": "github", "repository": name, "api_url": url, "token_env": "TOKEN"}
            settings |= {"service": incident.services[name]} if name in incident.services else {}
            settings |= {"environments": list(incident.environments)} if incident.environments else {}
            yield f"github-{name.rpartition('/')[2]}", settings, {url: "https://api.github.com"}
    for name, system in incident.systems.items():
        settings, known_as = system.start(stack, state / name, cluster)
        yield name, {"type": system.type, **settings}, known_as
    if incident.audit:
        (state / "audit.log").write_text(audit.lines(world))
        settings = {"type": "kubernetes-audit", "path": str(state / "audit.log")}
        yield (
            "audit",
            {**settings, **more.get("audit", {})},
            {str(state / "audit.log"): "/var/log/kubernetes/audit.log"},
        )
    if incident.alertmanager:
        answers = {"/api/v2/alerts": list(incident.alertmanager), "/api/v2/silences": []}
        url = stack.enter_context(
            serving(lambda path, _params, _headers: (200, answers[path]) if path in answers else (404, ""))
        )
        yield (
            "alertmanager",
            {"type": "alertmanager", "url": url, **more.get("alertmanager", {})},
            {url: "https://alertmanager.example.com"},
        )


def _toml(sources: Mapping[str, Mapping[str, object]]) -> str:
    lines = []
    for name, settings in sources.items():
        lines += [f"[sources.{name}]", *(f"{key} = {_value(value)}" for key, value in settings.items()), ""]
    return "\n".join(lines)


def _value(value: object) -> str:
    """A JSON string or list of them is one of TOML; a table is not."""
    if not isinstance(value, dict):
        return json.dumps(value)
    return "{" + ", ".join(f"{json.dumps(key)} = {json.dumps(text)}" for key, text in value.items()) + "}"
