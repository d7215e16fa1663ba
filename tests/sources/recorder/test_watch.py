"""How the recorder takes what an API server does to its watches."""

import contextlib
import itertools
import json
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import requests

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Document, Gap, SourceError
from collector.window import Window
from sources.cluster.lists import LISTS
from sources.kube_api.api import Api as KubeApi
from sources.recorder import RecorderSettings, RecorderSource
from sources.recorder.serve import serve
from sources.recorder.steps import Stream
from sources.recorder.watch import Followed, watched
from tests.examples import rarely
from tests.servers.process import free_port
from tests.sources.recorder.api import EXPIRED, Api, Plan, api, bookmark, change, item
from tests.sources.recorder.inside import inside
from tests.sources.recorder.recording import rows, told, until

SPANS = "SELECT since, until FROM pm_timeline_spans WHERE resource = ? ORDER BY id"
POSITION = "SELECT version FROM pm_timeline_positions WHERE resource = ?"


def names(store: Path, resource: str) -> list[tuple[str, str]]:
    found = rows(store, "SELECT change, name FROM pm_timeline_versions WHERE resource = ? ORDER BY id", resource)
    return [(change, name) for change, name in found]


@pytest.mark.parametrize(
    "refusal",
    [Plan(status=410), rarely(Plan([{"type": "ERROR", "object": EXPIRED}]))],
    ids=["status", "in the stream"],
)
def test_what_the_server_has_forgotten_is_listed_anew_and_the_gap_is_told(refusal: Plan, tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    with api(tmp_path) as server:
        server.items["pods"] = [item("a", "1"), item("b", "2")]
        server.plans["pods"] = [Plan([change("MODIFIED", "a", "101", spec={}), bookmark("101")], lasts=30)]
        with inside(store, server.kubeconfig):
            until(lambda: ("MODIFIED", "a") in names(store, "pods"))
            until(lambda: rows(store, "SELECT count(*) FROM pm_timeline_positions") == [(9,)])
    with api(tmp_path) as server:
        # Meanwhile b has vanished and c is new; and the watch cannot go on.
        server.items["pods"], server.version = [item("a", "101", spec={}), item("c", "150")], "200"
        server.plans["pods"] = [refusal, Plan([change("DELETED", "c", "201")], lasts=30)]
        time.sleep(1.2)
        with inside(store, _renamed(server, store)) as recorder:
            until(lambda: ("DELETED", "c") in names(store, "pods"))
    assert server.since("pods")[:3] == ["101", "list", "200"]
    assert names(store, "pods") == [
        ("LISTED", "a"),
        ("LISTED", "b"),
        ("MODIFIED", "a"),
        ("LISTED", "c"),
        ("VANISHED", "b"),
        ("DELETED", "c"),
    ]
    assert any("listed anew" in line for line in recorder.said)
    (first, second) = rows(store, SPANS, "pods")
    (vanished,) = rows(store, "SELECT since, seen FROM pm_timeline_versions WHERE change = 'VANISHED'")
    assert vanished == (first[1], second[0])
    now = datetime.now(UTC)
    gaps = read(store, Window(now - timedelta(seconds=30), now))
    between = [gap for gap in gaps if gap.span and gap.span[0] > now - timedelta(minutes=5)]
    assert [gap.reason.partition(":")[0] for gap in between] == ["pods"]
    assert "not recorded" in between[0].reason
    assert [_micros(at) for at in between[0].span or ()] == [first[1], second[0]]
    # All resources are told together where they have the same gap.
    (before,) = [gap for gap in gaps if gap not in between]
    assert before.reason.startswith("controllerrevisions, daemonsets, deployments, events, jobs, nodes, pods, ")


def _renamed(server: Api, store: Path) -> Path:
    """Its kubeconfig; the store takes it for the server that had been there on another port."""
    with contextlib.closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("UPDATE pm_timeline_clusters SET identity = ?", (f"url:{server.url}",))
    return server.kubeconfig


def _micros(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def read(store: Path, window: Window) -> list[Gap]:
    source = RecorderSource("recorder", RecorderSettings(store=f"sqlite:///{store}"), Scrubber())
    documents = [each for each in source.fetch(window, Deadline(60)) if isinstance(each, Document)]
    return [each for each in source.read(documents, window) if isinstance(each, Gap)]


def test_bookmarks_move_the_position_and_the_end_of_what_is_known(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    with api(tmp_path) as server:
        server.items["pods"] = [item("a", "1")]
        server.plans["pods"] = [Plan([bookmark("120")], lasts=30)]
        with inside(store, server.kubeconfig):
            until(lambda: rows(store, POSITION, "pods") == [("120",)])
        (span,) = rows(store, SPANS, "pods")
        server.plans["pods"] = [Plan([bookmark("130")], lasts=30)]
        with inside(store, server.kubeconfig):
            until(lambda: rows(store, POSITION, "pods") == [("130",)])
        (longer,) = rows(store, SPANS, "pods")
    assert server.since("pods") == ["list", "100", "120"]
    assert longer[0] == span[0]
    assert longer[1] > span[1]
    assert names(store, "pods") == [("LISTED", "a")]


def test_what_is_cut_off_is_taken_up_again_once(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    with api(tmp_path) as server:
        again = [change("ADDED", "b", "102"), change("ADDED", "c", "103")]
        server.plans["pods"] = [
            Plan([change("ADDED", "a", "101")], cut=True),
            Plan(status=500),
            Plan([change("ADDED", "b", "102")], cut=True),
            # A server may tell of a version again.
            Plan(again, lasts=30),
        ]
        with inside(store, server.kubeconfig) as recorder:
            until(lambda: ("ADDED", "c") in names(store, "pods"))
        assert names(store, "pods") == [("ADDED", name) for name in "abc"]
        assert server.since("pods") == ["list", "100", "101", "101", "102"]
    assert len(rows(store, SPANS, "pods")) == 1
    assert any("broke" in line for line in recorder.said)


@pytest.mark.thorough
def test_a_server_that_is_asked_too_much_is_left_alone_for_as_long_as_it_says(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    with api(tmp_path) as server:
        server.plans["pods"] = [
            Plan(status=429, headers={"Retry-After": "2"}),
            Plan([change("ADDED", "a", "101")], lasts=30),
        ]
        with inside(store, server.kubeconfig):
            until(lambda: names(store, "pods") == [("ADDED", "a")])
        _, refused, then = [at for at, what, _ in server.asked if what == "pods"]
    assert then - refused >= 2


@pytest.mark.thorough
def test_a_server_that_is_gone_is_noticed_and_not_hammered(tmp_path: Path) -> None:
    store, port = tmp_path / "store.db", free_port()
    health = f"http://127.0.0.1:{port}/healthz"
    with api(tmp_path) as server, inside(store, server.kubeconfig, patience=2.5) as recorder:
        serving = serve("127.0.0.1", port, recorder.status)
        until(lambda: rows(store, POSITION, "pods"))
        assert requests.get(health, timeout=10).status_code == 200
        server.dead, before, began = True, len(server.since("pods")), time.monotonic()
        until(lambda: len(recorder.status.troubles()) >= 9, 20)
        unhealthy = requests.get(health, timeout=10)
        assert unhealthy.status_code == 503
        assert "pods: silent for" in unhealthy.text
        # Without growing pauses it would be asked three times in 1.7 s; a busy machine takes longer until here.
        assert len(server.since("pods")) - before < max(15, 1.5 * (time.monotonic() - began))
        server.dead = False
        until(lambda: requests.get(health, timeout=10).status_code == 200, 40)
        serving.shutdown()
        serving.server_close()
    assert any("trying again" in line for line in recorder.said)
    assert any("recorded again" in line for line in recorder.said)


@pytest.mark.thorough
def test_heartbeats_fill_no_store(tmp_path: Path) -> None:
    store = tmp_path / "store.db"

    def node(version: str, beat: str, ready: str = "True") -> dict[str, object]:
        state = {
            "type": "Ready",
            "status": ready,
            "lastHeartbeatTime": beat,
            "lastTransitionTime": "2026-04-01T00:00:00Z",
        }
        found = item("n1", version, status={"conditions": [state], "images": [{"names": ["big"]}]})
        found["metadata"]["managedFields"] = [{"manager": "kubelet", "time": beat, "fieldsV1": {"f:a": {}}}]
        return found

    beats = [{"type": "MODIFIED", "object": node(str(n), f"2026-04-01T00:{n - 100:02}:00Z")} for n in range(101, 120)]
    silent = {"type": "MODIFIED", "object": node("120", "2026-04-01T00:19:00Z", "Unknown")}
    with api(tmp_path) as server:
        server.items["nodes"] = [node("90", "2026-04-01T00:00:00Z")]
        server.plans["nodes"] = [Plan(beats, lasts=0.1)]
        with inside(store, server.kubeconfig):
            until(lambda: rows(store, POSITION, "nodes") == [("119",)])
        # Also a recorder that was started anew knows what it had stored.
        server.plans["nodes"] = [Plan([*beats[-1:], silent], lasts=30)]
        with inside(store, server.kubeconfig):
            until(lambda: rows(store, POSITION, "nodes") == [("120",)])
    stored = [json.dumps(body) for _, body in told(store, "nodes")]
    assert len(stored) == 2
    assert "Unknown" in stored[1]
    assert "big" not in "".join(stored)


@pytest.mark.thorough
def test_two_clusters_of_one_name_never_mix(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    with api(tmp_path) as server:
        server.items["namespaces"] = [item("kube-system", "1")]
        server.items["pods"] = [item("a", "1")]
        with inside(store, server.kubeconfig):
            until(lambda: names(store, "pods") == [("LISTED", "a")])
        other = {"metadata": {"name": "kube-system", "uid": "another"}}
        server.items["namespaces"] = [other]
        refused = pytest.raises(SourceError, match="has a cluster without a name already")
        with refused, inside(store, server.kubeconfig) as recorder:
            until(recorder.over.is_set)
        assert names(store, "pods") == [("LISTED", "a")]


def test_a_change_without_an_end_is_not_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.recorder.watch._LONGEST", 2**20)
    pods = next(each for each in LISTS if each.name == "pods")
    endless = SimpleNamespace(host="https://c", watch=lambda *_: itertools.repeat(b"x" * 2**16))
    with pytest.raises(BadAnswer, match="the watch of pods sent a line of more than 1 MiB"):
        list(watched(cast(KubeApi, endless), Followed(Stream("c", "pods", ""), pods), "1", fresh=True))
