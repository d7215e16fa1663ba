"""What a store keeps, forgets, and says when it cannot be used."""

import contextlib
import json
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import Connection, event

from collector.event import Event, Kind
from collector.secrets import Scrubber
from collector.source import Deadline, Denied, Document, Gap, SourceError, Unreachable
from collector.window import Window
from sources.recorder import RecorderSettings, RecorderSource
from sources.recorder.database import opened
from sources.recorder.retention import Retention, forget, measured
from sources.recorder.shape import kept_and_digest
from sources.recorder.status import Status
from sources.recorder.steps import Change, Step, Stream
from sources.recorder.store import Store
from tests.examples import examples
from tests.servers.postgresql import Postgresql, postgresql
from tests.servers.process import free_port, or_skip
from tests.sources.recorder.recording import rows

START = datetime(2026, 4, 1, 14, tzinfo=UTC)
ALL = "SELECT resource, name, change FROM pm_timeline_versions ORDER BY id"


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def seen(resource: str, name: str, minutes: float, kind: str = "MODIFIED", size: int = 0, number: int = 0) -> Step:
    version = str(round(minutes * 1000) + number)
    metadata = {"name": name, "namespace": "shop", "uid": f"uid-{name}", "resourceVersion": version}
    item = {"metadata": metadata, "spec": {"at": version}}
    body, digest = kept_and_digest({**item, "pad": "x" * size})
    stream = Stream("", resource, "")
    changes = (Change(kind, "shop", name, f"uid-{name}", version, at(minutes), body, digest),)
    return Step(stream=stream, changes=changes, position=version, until=at(minutes))


@contextlib.contextmanager
def stored(path: Path, *steps: Step) -> Iterator[Store]:
    store = Store(opened(f"sqlite:///{path}", None, write=True))
    store.claim("", "url:here")
    store.keep(steps)
    yield store
    store.engine.dispose()


def test_age_forgets_what_was_over_and_keeps_the_state_of_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    steps = [
        seen("pods", "old", 0, "ADDED"),
        seen("pods", "old", 1, "DELETED"),
        seen("pods", "stays", 0, "ADDED"),
        seen("pods", "stays", 2),
        seen("events", "early", 3, "ADDED"),
        seen("pods", "stays", 30),
        seen("pods", "ends", 5, "ADDED"),
        seen("pods", "ends", 31, "DELETED"),
        seen("events", "late", 32, "ADDED"),
    ]
    with stored(path, *steps) as store:
        assert forget(store.engine, at(20), "age") == 4
    # At 14:20, `stays` was as it had been since 14:02, and `ends` was there.
    assert rows(path, ALL) == [
        ("pods", "stays", "MODIFIED"),
        ("pods", "stays", "MODIFIED"),
        ("pods", "ends", "ADDED"),
        ("pods", "ends", "DELETED"),
        ("events", "late", "ADDED"),
    ]
    window = Window(at(10), at(40))
    given_ = list(read(path, window))
    reasons = [each.reason for each in given_ if hasattr(each, "reason")]
    assert any("what was over before 2026-04-01 14:20:00 UTC was removed from the store (by age)" in r for r in reasons)


def read(path: Path, window: Window) -> Iterator[object]:
    source = RecorderSource("recorder", RecorderSettings(store=f"sqlite:///{path}"), Scrubber())
    documents = [each for each in source.fetch(window, Deadline(60)) if isinstance(each, Document)]
    return source.read(documents, window)


@pytest.mark.thorough
def test_size_keeps_the_file_small_and_the_newest(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    most = 2_000_000
    said: list[str] = []
    retention = Retention(timedelta(days=36500), most, every=0)
    with stored(path) as store:
        for turn in range(40):
            store.keep([seen("events", f"e{turn}-{n}", turn, "ADDED", 2000, n) for n in range(100)])
            retention.tidy(store, Status(), said.append)
            assert path.stat().st_size < most * 1.3
        assert measured(store.engine) <= most
        names = [name for _, name, _ in rows(path, ALL)]
        assert names[-1] == "e39-99"
        assert "e0-0" not in names
        # What is left is what still exists: that is not forgotten, but said.
        store.keep([seen("pods", f"p{n}", 50, "ADDED", 3000, n) for n in range(1000)])
        retention.tidy(store, Status(), said.append)
        assert {resource for resource, _, _ in rows(path, ALL)} == {"pods"}
    assert len(said) == 1
    assert "raise --max-size" in said[0]
    assert rows(path, "SELECT why FROM pm_timeline_clusters") == [("size",)]


@examples(10)
@given(
    kinds=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(("MODIFIED", "DELETED"))), max_size=12),
    cut=st.integers(0, 13),
)
def test_forgetting_changes_nothing_about_what_was_there(
    kinds: list[tuple[str, str]], cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("store") / "store.db"
    steps = [seen("pods", name, minute, kind) for minute, (name, kind) in enumerate(kinds)]
    there: dict[str, str] = {}
    for minute, (name, kind) in enumerate(kinds):
        if minute < cut:
            there.pop(name, None)
            if kind != "DELETED":
                there[name] = str(minute * 1000)
    with stored(path, *steps) as store:
        forget(store.engine, at(cut), "age")
    left = rows(path, "SELECT name, version FROM pm_timeline_versions WHERE seen < ?", int(at(cut).timestamp() * 10**6))
    assert dict(left) == there
    assert len(left) == len(there)


def test_a_version_that_comes_again_is_no_second_row(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    steps = [seen("events", "e", 1, "ADDED"), seen("pods", "p", 1, "ADDED"), seen("pods", "p", 2, "DELETED")]
    with stored(path, *steps) as store:
        store.keep(steps)
    with stored(path, *steps):
        pass
    assert len(rows(path, ALL)) == 3


def fetched(url: str, **more: object) -> list[object]:
    source = RecorderSource("recorder", RecorderSettings.model_validate({"store": url, **more}), Scrubber())
    return list(source.fetch(Window(at(0), at(30)), Deadline(20)))


def test_a_store_that_cannot_be_read_is_named_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no store"):
        fetched(f"sqlite:///{tmp_path}/absent.db")
    (tmp_path / "text").write_text("no database " * 500)
    with pytest.raises(SourceError, match="is no database of SQLite"):
        fetched(f"sqlite:///{tmp_path}/text")
    with contextlib.closing(sqlite3.connect(tmp_path / "foreign")) as connection:
        connection.execute("CREATE TABLE customers (name TEXT)")
    with pytest.raises(SourceError, match="is no store of pm-timeline"):
        fetched(f"sqlite:///{tmp_path}/foreign")
    with pytest.raises(SourceError, match="has something else in it"):
        Store(opened(f"sqlite:///{tmp_path}/foreign", None, write=True))
    empty = Store(opened(f"sqlite:///{tmp_path}/empty", None, write=True))
    empty.engine.dispose()
    with pytest.raises(SourceError, match="is empty"):
        fetched(f"sqlite:///{tmp_path}/empty")
    with stored(tmp_path / "known", seen("pods", "p", 1)):
        pass
    with pytest.raises(SourceError, match="has no cluster 'west'; it has: one without a name"):
        fetched(f"sqlite:///{tmp_path}/known", cluster="west")
    with contextlib.closing(sqlite3.connect(tmp_path / "known")) as connection, connection:
        connection.execute("UPDATE pm_timeline_schema SET version = 99")
    with pytest.raises(SourceError, match="has the format 99"):
        fetched(f"sqlite:///{tmp_path}/known")
    assert (tmp_path / "known").stat().st_mode & 0o077 == 0


@pytest.mark.thorough
def test_a_store_that_another_program_holds_is_said_to_be_locked(tmp_path: Path) -> None:
    with stored(tmp_path / "store.db", seen("pods", "p", 1)):
        pass
    with contextlib.closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Unreachable, match="is locked by another program"):
            fetched(f"sqlite:///{tmp_path}/store.db", timeout=1.0)


def test_clusters_in_one_store_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with stored(path) as store:
        for name in ("east", "west"):
            store.claim(name, f"uid:{name}")
            step = seen("pods", "p", 5, "ADDED")
            store.keep([replace(step, stream=Stream(name, "pods", ""), listed_at=at(1), listed=frozenset({"uid-p"}))])
            store.keep([replace(seen("pods", "p", 6, "DELETED"), stream=Stream(name, "pods", ""))])
    ends = [each for each in read(path, Window(at(0), at(30))) if isinstance(each, Event)]
    assert [(each.kind, each.subject.cluster, each.merge_key) for each in ends] == [
        (Kind.POD_TERMINATED, name, f"{name}/shop/Pod/p/terminated") for name in ("east", "west")
    ]
    gaps = [each for each in read(path, Window(at(0), at(30))) if isinstance(each, Gap)]
    assert {gap.about for gap in gaps} == {"kubernetes east", "kubernetes west"}


def test_a_missing_driver_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SourceError, match="needs the package psycopg") as missing:
        fetched("postgresql://me@127.0.0.1/db")
    assert "pip install 'pm-timeline[postgresql]'" in missing.value.hint


@pytest.mark.parametrize("module", ["sqlalchemy", "prometheus_client"])
def test_without_the_extra_one_line_names_it(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source = RecorderSource("kept", RecorderSettings(store="sqlite:////nowhere/recorded.db"), Scrubber())
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(Denied, match="is not installed, which the recorder and its stores need") as missing:
        list(source.fetch(Window(at(0), at(30)), Deadline(5)))
    assert "pip install 'pm-timeline[record]'" in missing.value.hint


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgresql]:
    with or_skip(), postgresql(tmp_path_factory.mktemp("postgresql") / "log") as running:
        yield running


def test_postgresql_holds_the_same(
    database: Postgresql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = [seen("pods", "p", 1, "ADDED"), seen("events", "e", 2, "ADDED"), seen("pods", "p", 3, "DELETED")]
    (tmp_path / "password").write_text(database.password + "\n")
    with stored(tmp_path / "store.db", *steps):
        pass
    store = Store(opened(database.url, database.password, write=True))
    store.claim("", "url:here")
    for _ in range(2):
        store.keep(steps)
    assert measured(store.engine) > 0
    documents = fetched(database.url, token_file=str(tmp_path / "password"))
    there = fetched(f"sqlite:///{tmp_path}/store.db")
    versions = [_versions(given) for given in (documents, there)]
    assert versions[0] == versions[1]
    assert database.password not in repr(documents)
    assert forget(store.engine, at(10), "age") == 3
    store.engine.dispose()
    (tmp_path / "password").write_text("canary-wrong")
    with pytest.raises(Denied, match="password authentication failed") as denied:
        fetched(database.url, token_file=str(tmp_path / "password"))
    assert "canary" not in str(denied.value)
    with pytest.raises(Unreachable, match="refused"):
        fetched(f"postgresql://postgres@127.0.0.1:{free_port()}/postgres")


def _versions(given: list[object]) -> list[object]:
    """What the documents tell, without the numbers, which only one of the databases skips."""
    found = []
    for document in given:
        if isinstance(document, Document) and document.call != "store":
            told = json.loads(document.text)
            found.append([{**version, "id": 0} for version in told["versions"]])
    return found


@pytest.mark.parametrize("instead", [None, b"", b"something else"])
def test_a_store_that_was_removed_or_replaced_is_noticed(tmp_path: Path, instead: bytes | None) -> None:
    path = tmp_path / "store.db"
    with stored(path, seen("pods", "a", 1)) as store:
        path.unlink()
        if instead is not None:
            path.write_bytes(instead)
        with pytest.raises(SourceError, match=r"store\.db was removed or replaced while it was in use"):
            store.keep([seen("pods", "b", 2)])


@pytest.mark.parametrize("instead", [b"", b"something else" * 1000])
def test_a_store_that_is_overwritten_where_it_stands_is_noticed(tmp_path: Path, instead: bytes) -> None:
    path = tmp_path / "store.db"
    with stored(path, seen("pods", "a", 1)) as store:
        # What is in the log beside it would be written over the damage, and nothing would be lost.
        with contextlib.closing(sqlite3.connect(path)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        path.write_bytes(instead)
        with pytest.raises(SourceError, match=r"store\.db is no database of SQLite, or is damaged"):
            store.keep([seen("pods", "b", 2)])


def test_a_full_disk_is_named_and_what_was_kept_stays(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with stored(path, seen("pods", "a", 1)) as store:
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")
        with pytest.raises(Unreachable, match=r"store\.db: database or disk is full"):
            store.keep([seen("pods", f"b{number}", 2 + number, size=2000) for number in range(50)])
    with contextlib.closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT count(*) FROM pm_timeline_versions").fetchall() == [(1,)]


@pytest.mark.parametrize("there", [False, True])
def test_a_full_disk_leaves_no_new_store_behind_and_takes_none_away(tmp_path: Path, *, there: bool) -> None:
    path = tmp_path / "store.db"
    if there:
        path.touch()
    engine = opened(f"sqlite:///{path}", None, write=True)

    @event.listens_for(engine, "begin")
    def _full(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")

    with pytest.raises(Unreachable, match=r"store\.db: database or disk is full"):
        Store(engine)
    assert path.exists() == there


def test_a_store_whose_folder_cannot_be_made_is_named() -> None:
    with pytest.raises(Denied, match=r"the store /dev/null/here/store\.db cannot be made \(Not a directory\)"):
        opened("sqlite:////dev/null/here/store.db", None, write=True)
