"""The recorder on a real API server: its rights, what happens while it is down, and what it serves."""

import base64
import contextlib
import copy
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
import yaml
from prometheus_client.parser import text_string_to_metric_families

from collector.source import SourceError
from collector.window import Window
from sources.recorder.record import RECORDED
from tests.servers.kubernetes import Kubernetes
from tests.servers.process import ROOT, free_port, session
from tests.sources.kubernetes.roles import allowed
from tests.sources.recorder.inside import inside
from tests.sources.recorder.reading import fetched, recorder
from tests.sources.recorder.recording import recording, rows, store_of, told, until

EVENTS = "/api/v1/namespaces/default/events"
PODS = "/api/v1/namespaces/default/pods"
STORED = "SELECT DISTINCT resource FROM pm_timeline_spans WHERE lacks = '' ORDER BY resource"


@pytest.fixture
def server(api_server: Kubernetes) -> Kubernetes:
    return api_server


def say(server: Kubernetes, name: str) -> None:
    body = {"metadata": {"name": name}, "involvedObject": {"namespace": "default"}, "reason": "Said", "message": name}
    asking = session(server.ca, server.token)
    asking.post(server.url + EVENTS, json=body, timeout=10).raise_for_status()


def compact(server: Kubernetes) -> None:
    """Make etcd forget all that has been."""
    asking = session()
    key = base64.b64encode(b"x").decode()
    header = asking.post(f"{server.etcd_url}/v3/kv/range", json={"key": key}, timeout=10).json()["header"]
    body = {"revision": header["revision"], "physical": True}
    asking.post(f"{server.etcd_url}/v3/kv/compaction", json=body, timeout=10).raise_for_status()


def test_what_comes_and_goes_while_it_is_down_is_recorded_when_it_is_back(server: Kubernetes, tmp_path: Path) -> None:
    store, asking = tmp_path / "store.db", session(server.ca, server.token)
    with inside(store, server.kubeconfig):
        until(lambda: len(rows(store, STORED)) == len(RECORDED))
        say(server, "before")
        until(lambda: told(store, "events", "before"))
    pod = {"metadata": {"name": "short"}, "spec": {"containers": [{"name": "c", "image": "c:1"}]}}
    asking.post(server.url + PODS, json=pod, timeout=10).raise_for_status()
    asking.delete(f"{server.url}{PODS}/short", json={"gracePeriodSeconds": 0}, timeout=10).raise_for_status()
    say(server, "between")
    with inside(store, server.kubeconfig) as recorder_:
        until(lambda: told(store, "events", "between"))
        until(lambda: [change for change, _ in told(store, "pods", "short")] == ["ADDED", "MODIFIED", "DELETED"])
    assert rows(store, "SELECT count(*) FROM pm_timeline_spans WHERE resource = 'pods'") == [(1,)]
    assert not [line for line in recorder_.said if "listed anew" in line]


def test_a_recorder_whose_store_is_removed_ends_instead_of_waiting_for_it(server: Kubernetes, tmp_path: Path) -> None:
    store = tmp_path / "store.db"

    def record_and_remove() -> None:
        with inside(store, server.kubeconfig) as made:
            until(lambda: len(rows(store, STORED)) == len(RECORDED))
            store.unlink()
            say(server, "homeless")
            assert made.over.wait(60)

    with pytest.raises(SourceError, match="removed or replaced"):
        record_and_remove()


def test_what_etcd_has_forgotten_meanwhile_is_a_gap_in_coverage(server: Kubernetes, tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    with inside(store, server.kubeconfig):
        until(lambda: len(rows(store, STORED)) == len(RECORDED))
        say(server, "early")
        until(lambda: told(store, "events", "early"))
    down = datetime.now(UTC)
    time.sleep(2)
    say(server, "unwatched")
    say(server, "lost")
    with session(server.ca, server.token) as asking:
        asking.delete(f"{server.url}{EVENTS}/lost", timeout=10).raise_for_status()
    compact(server)
    with inside(store, server.kubeconfig) as again:
        until(lambda: told(store, "events", "unwatched"))
        say(server, "late")
        until(lambda: told(store, "events", "late"))
    forgotten = "events: the API server has forgotten what came after the last change; listed anew"
    assert [line for line in again.said if forgotten in line]
    assert [len(told(store, "events", name)) for name in ("early", "unwatched", "lost", "late")] == [1, 1, 0, 1]
    assert rows(store, "SELECT count(*) FROM pm_timeline_spans WHERE resource = 'events'") == [(2,)]
    now = datetime.now(UTC)
    events, gaps, _ = fetched(recorder(store), Window(down - timedelta(seconds=5), now))
    assert len([event for event in events if "unwatched" in event.summary]) == 1
    (gap,) = [gap for gap in gaps if gap.span and gap.span[0] <= down + timedelta(seconds=1) <= gap.span[1]]
    assert gap.reason.startswith("events: not recorded from ")


def test_the_documented_role_is_enough_and_a_right_that_is_missing_is_named(server: Kubernetes, tmp_path: Path) -> None:
    role = yaml.safe_load((ROOT / "docs" / "kubernetes-recorder-role.yaml").read_text())
    assert {verb for rule in role["rules"] for verb in rule["verbs"]} == {"list", "watch"}
    named = {name for rule in role["rules"] for name in rule["resources"]}
    assert named == {*RECORDED, "namespaces"}
    with granted(server, role):
        store = tmp_path / "all.db"
        with inside(store, server.powerless_kubeconfig):
            until(lambda: rows(store, STORED) == [(name,) for name in sorted(RECORDED)])
        assert rows(store, "SELECT substr(identity, 1, 4) FROM pm_timeline_clusters") == [("uid:",)]
        assert rows(store, "SELECT count(*) FROM pm_timeline_spans WHERE lacks != ''") == [(0,)]
    for missing, verb in (("pods", "watch"), ("deployments", "list")):
        less = copy.deepcopy(role)
        for rule in less["rules"]:
            if missing in rule["resources"]:
                rule["resources"].remove(missing)
                kept = [each for each in rule["verbs"] if each != verb]
                less["rules"] = [*less["rules"], {**rule, "resources": [missing], "verbs": kept}]
                break
        store = tmp_path / f"{missing}.db"
        with granted(server, less), inside(store, server.powerless_kubeconfig) as made:
            lacking = "SELECT DISTINCT resource, lacks FROM pm_timeline_spans WHERE lacks != ''"
            until(lambda: rows(store, lacking) == [(missing, f"{verb} {missing}")])  # noqa: B023 - called at once
            others = [(name,) for name in sorted(RECORDED) if name != missing or verb == "watch"]
            until(lambda: rows(store, STORED) == others)  # noqa: B023 - called at once
            say(server, f"without-{missing}")
            until(lambda: told(store, "events", f"without-{missing}"))  # noqa: B023 - called at once
            now = datetime.now(UTC)
            gaps = fetched(recorder(store), Window(now - timedelta(seconds=1), now + timedelta(seconds=1)))[1]
        refused = f"{missing}: may not {verb} {missing} (all namespaces); give it a role with the verb {verb}"
        assert [line for line in made.said if refused in line]
        told_of = [gap for gap in gaps if f"the recorder may not {verb} {missing}" in gap.reason]
        assert told_of
        assert f"the verb {verb} on {missing}" in told_of[0].hint


@pytest.mark.parametrize("shift", [0, 1])
def test_every_right_that_is_missing_is_named(server: Kubernetes, tmp_path: Path, shift: int) -> None:
    """Each resource lacks one of its two verbs, and the second time the other one."""
    role = yaml.safe_load((ROOT / "docs" / "kubernetes-recorder-role.yaml").read_text())
    lacks = {name: ("list", "watch")[(number + shift) % 2] for number, name in enumerate(RECORDED)}
    rules = [
        {**rule, "resources": [name], "verbs": [verb for verb in rule["verbs"] if verb != lacks.get(name)]}
        for rule in role["rules"]
        for name in rule["resources"]
    ]
    shown = "pods" if lacks["events"] == "list" else "events"
    store = tmp_path / "store.db"
    with granted(server, {**role, "rules": rules}, shown), inside(store, server.powerless_kubeconfig) as made:
        lacking = "SELECT DISTINCT resource, lacks FROM pm_timeline_spans WHERE lacks != '' ORDER BY resource"
        until(lambda: rows(store, lacking) == sorted((name, f"{verb} {name}") for name, verb in lacks.items()))
        now = datetime.now(UTC)
        gaps = fetched(recorder(store), Window(now - timedelta(seconds=1), now + timedelta(seconds=1)))[1]
    for name, verb in lacks.items():
        assert any(f"the recorder may not {verb} {name}" in gap.reason for gap in gaps)
        assert [line for line in made.said if f"may not {verb} {name} (all namespaces)" in line]


@contextlib.contextmanager
def granted(server: Kubernetes, role: dict[str, object], shown: str = "events") -> Iterator[None]:
    """Bind the powerless user to this role, and wait until that is in force, as listing `shown` tells."""
    url = f"{server.url}/api/v1/{shown}?limit=1"
    with allowed(server, {**role, "metadata": {"name": "pm-timeline"}}):
        token = yaml.safe_load(server.powerless_kubeconfig.read_text())["users"][0]["user"]["token"]
        asking = session(server.ca, token)
        until(lambda: asking.get(url, timeout=10).status_code == 200)
        yield
    until(lambda: asking.get(url, timeout=10).status_code == 403)


def test_it_serves_its_health_and_its_metrics(server: Kubernetes, tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with recording(tmp_path, server.kubeconfig, "--listen", f"127.0.0.1:{port}"):
        store = store_of(tmp_path)
        until(lambda: len(rows(store, STORED)) == len(RECORDED))
        say(server, "measured")
        until(lambda: told(store, "events", "measured"))
        health = requests.get(f"{url}/healthz", timeout=10)
        assert (health.status_code, health.text) == (200, "ok\n")
        found = requests.get(f"{url}/metrics", timeout=10)
        assert requests.get(f"{url}/", timeout=10).status_code == 404
    families = {family.name: family.samples for family in text_string_to_metric_families(found.text)}
    changes = {sample.labels["resource"]: sample.value for sample in families["pm_timeline_recorder_changes"]}
    assert changes["events"] >= 1
    assert {*changes} == {*RECORDED}
    assert families["pm_timeline_recorder_stored_versions"][0].value >= 1
    assert families["pm_timeline_recorder_store_failing"][0].value == 0
