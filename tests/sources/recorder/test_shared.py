"""Two recorders of one cluster, on one database."""

import time
from pathlib import Path

import pytest

from tests.servers.postgresql import postgresql
from tests.servers.process import or_skip
from tests.sources.recorder.api import Plan, api, bookmark, change, item
from tests.sources.recorder.inside import inside
from tests.sources.recorder.recording import until

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
STORED = "SELECT name, version, change FROM pm_timeline_versions WHERE resource = 'pods' ORDER BY id"


def test_they_store_everything_once_and_one_goes_on_alone(tmp_path: Path) -> None:
    changes = [change("ADDED", f"p{n}", str(200 + n)) for n in range(50)]
    with or_skip(), postgresql(tmp_path / "log") as database, api(tmp_path) as server:
        server.items["pods"] = [item("first", "1")]
        # Each of them asks for its own watch.
        server.plans["pods"] = [Plan([*changes[:25], bookmark("224")], lasts=1) for _ in range(2)]
        server.plans["pods"] += [Plan(changes[25:], lasts=30) for _ in range(2)]
        with inside(database.url, server.kubeconfig, password=database.password):
            with inside(database.url, server.kubeconfig, password=database.password):
                until(lambda: len(database.ask(STORED)) == 51)
                time.sleep(1)
            server.plans["pods"] = []
        stored = database.ask(STORED)
        with inside(database.url, server.kubeconfig, password=database.password):
            time.sleep(1)
        assert database.ask(STORED) == stored
        (position,) = database.ask("SELECT version FROM pm_timeline_positions WHERE resource = 'pods'")
    assert [name for name, _, _ in stored] == ["first", *(f"p{n}" for n in range(50))]
    assert position == ("249",)
