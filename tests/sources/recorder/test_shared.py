"""Two recorders of one cluster, on one database."""

import time
from pathlib import Path

from sources.recorder.database import opened
from sources.recorder.shape import kept_and_digest
from sources.recorder.steps import Change, Step, Stream
from sources.recorder.store import Store
from tests.servers.postgresql import postgresql
from tests.servers.process import or_skip
from tests.sources.kubernetes.cluster import at
from tests.sources.recorder.api import Plan, api, bookmark, change, item
from tests.sources.recorder.inside import Inside, inside
from tests.sources.recorder.recording import rows, until

STORED = "SELECT name, version, change FROM pm_timeline_versions WHERE resource = 'pods' ORDER BY id"


def _watches(recorder: Inside) -> bool:
    return any(stream.resource == "pods" and state.current for stream, state in recorder.status.streams.copy().items())


def test_what_another_one_saw_after_a_list_was_asked_for_has_not_vanished(tmp_path: Path) -> None:
    """The one lists, and before that is stored, the other stores what was made meanwhile, and what was there before."""
    url, stream = f"sqlite:///{tmp_path / 'store.db'}", Stream("", "pods", "")

    def made(name: str, second: int) -> Change:
        body, digest = kept_and_digest(item(name, str(second)))
        return Change("ADDED", "shop", name, f"uid-{name}", str(second), at(second), body, digest)

    one, other = (Store(opened(url, None, write=True)) for _ in range(2))
    other.keep([Step(stream=stream, changes=(made("gone", 10), made("there", 11)), position="11")])
    other.keep([Step(stream=stream, changes=(made("young", 31),), position="31")])
    listed = frozenset({"uid-there"})
    one.keep([Step(stream=stream, position="30", until=at(30), listed_at=at(30), listed=listed)])
    told = rows(tmp_path / "store.db", "SELECT name, change FROM pm_timeline_versions ORDER BY id")
    assert told == [("gone", "ADDED"), ("there", "ADDED"), ("young", "ADDED"), ("gone", "VANISHED")]
    for store in (one, other):
        store.engine.dispose()


def test_they_store_everything_once_and_one_goes_on_alone(tmp_path: Path) -> None:
    changes = [change("ADDED", f"p{n}", str(200 + n)) for n in range(50)]
    with or_skip(), postgresql(tmp_path / "log") as database, api(tmp_path) as server:
        server.items["pods"] = [item("first", "1")]
        with inside(database.url, server.kubeconfig, password=database.password) as one:
            with inside(database.url, server.kubeconfig, password=database.password) as other:
                until(lambda: _watches(one) and _watches(other))
                # Each of them asks for its own watch.
                plans = [Plan([*changes[:25], bookmark("224")], lasts=1) for _ in range(2)]
                server.plans["pods"] = [*plans, *(Plan(changes[25:], lasts=30) for _ in range(2))]
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
