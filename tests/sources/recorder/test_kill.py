"""A recorder that is killed, or cut off from its database, again and again: nothing is lost and nothing doubled."""

import random
import sqlite3
import time
from pathlib import Path

import pytest

from tests.examples import often
from tests.servers.kubernetes import Kubernetes
from tests.servers.postgresql import postgresql
from tests.servers.process import or_skip
from tests.sources.recorder.flood import flood
from tests.sources.recorder.recording import recording, rows, start, store_of, until

UIDS = "SELECT uid FROM pm_timeline_versions WHERE resource = 'events' AND name LIKE '{}-%'"
SPANS = "SELECT count(*) FROM pm_timeline_spans WHERE resource = 'events'"


@pytest.fixture
def server(api_server: Kubernetes) -> Kubernetes:
    return api_server


def written(store: Path) -> int:
    """A number that grows whenever something is committed."""
    try:
        (found,) = rows(store, "SELECT (SELECT max(id) FROM pm_timeline_versions)")
    except sqlite3.OperationalError:
        return 0
    return int(found[0] or 0)


TIMES = often(10, 100)
EACH = 40
"""Events that are written between two of them."""


def test_killed_again_and_again(server: Kubernetes, tmp_path: Path) -> None:
    store, chance, name = store_of(tmp_path), random.Random(4), "killed"
    hit, most = 0, EACH * TIMES
    with flood(server, name, most) as events:
        for number in range(TIMES):
            before = written(store)
            process = start(tmp_path, server.kubeconfig)
            events.allow(EACH)
            # Most are killed at some time after they have stored something; some while they start.
            ready = time.monotonic() + (0.3 * chance.random() if number % 10 == 9 else 60)
            while written(store) == before and time.monotonic() < ready:
                assert process.poll() is None, (tmp_path / "recorder.log").read_text()
                time.sleep(0.01)
            time.sleep(0.3 * chance.random())
            assert process.poll() is None, (tmp_path / "recorder.log").read_text()
            process.kill()
            process.wait()
            hit += written(store) > before
        with recording(tmp_path, server.kubeconfig):
            until(lambda: len(events.written) == most)
            until(lambda: len(rows(store, UIDS.format(name))) >= most)
            time.sleep(1)
    stored = [uid for (uid,) in rows(store, UIDS.format(name))]
    assert sorted(stored) == sorted(events.written)
    assert rows(store, SPANS) == [(1,)], "it went on where it was, each time"
    assert rows(store, "PRAGMA integrity_check") == [("ok",)]
    assert hit > TIMES * 0.8


CUTS = often(5, 100)


def test_cut_off_from_postgresql_again_and_again(server: Kubernetes, tmp_path: Path) -> None:
    chance, name, most = random.Random(5), "cut", EACH * CUTS
    there = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pm-timeline'"
    cut = there.replace("*", "pg_terminate_backend(pid)")
    with or_skip(), postgresql(tmp_path / "postgresql.log") as database, flood(server, name, most) as events:
        hit = 0
        options = ("--store", database.url)
        with recording(tmp_path, server.kubeconfig, *options, env={"PGPASSWORD": database.password}):
            until(lambda: database.ask("SELECT 1 FROM pg_tables WHERE tablename = 'pm_timeline_spans'"))
            until(lambda: database.ask(SPANS) == [(1,)])
            while hit < CUTS:
                events.allow(EACH)
                # At some time after it is there again: idle, in the middle of a transaction, or while it commits.
                until(lambda: database.ask(there)[0][0])
                time.sleep(0.4 * chance.random())
                hit += database.ask(cut)[0][0]
            events.allow(most)
            until(lambda: len(events.written) == most)
            until(lambda: len(database.ask(UIDS.format(name))) >= most)
            time.sleep(1)
        stored = [uid for (uid,) in database.ask(UIDS.format(name))]
        spans = database.ask(SPANS)
    log = (tmp_path / "recorder.log").read_text()
    assert database.password not in log
    assert sorted(stored) == sorted(events.written)
    assert spans == [(1,)], "it never had to list anew"
    assert "terminating connection" in log
