"""`pm-timeline record`: what it is told, and how it ends."""

import signal
import socket
from pathlib import Path

import pytest

from tests.cli.command import pm_timeline
from tests.examples import rarely
from tests.sources.recorder.api import api, item
from tests.sources.recorder.recording import recording, rows, start, store_of, until

CANARY = "canary-4f1d2c-secret"

POSITIONS = "SELECT count(*) FROM pm_timeline_positions"
RESOURCES = 9
"""As many of them has a cluster without Argo Rollouts."""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--keep", "5x"], "--keep 5x: not an age; give minutes, hours, days or weeks"),
        (["--keep", "0d"], "--keep 0d: not an age"),
        (["--max-size", "big"], "--max-size big: not a size; give it as 500MiB or 2GiB"),
        (["--listen", "8080"], "--listen 8080: not an address; give host and port, as 127.0.0.1:8080"),
        (["--listen", "127.0.0.1:99999"], "not an address"),
        (["--store", "mysql://host/db"], '--store: must be a URL such as "sqlite:////PATH" or "postgresql://USER@HOST'),
        (["--store", "sqlite://"], "must have the absolute path of a file"),
        (["--store", f"postgresql://me:{CANARY}@host/db"], "must hold no password; use token_env, token_file or"),
        (["--store", f"postgresql://me@host/db?password={CANARY}"], "must hold no password"),
        (["--source", "west"], "--source west: no such source of type kubernetes; there are: none"),
        (["--config", "absent.toml"], "absent.toml: cannot be read (No such file or directory)"),
        ([], "no cluster to record: configure a source of type kubernetes, or set KUBECONFIG"),
        (["surprise"], "surprise"),
    ],
)
def test_wrong_use_is_one_line(options: list[str], said: str, tmp_path: Path) -> None:
    done = pm_timeline("record", *options, folder=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert len(done.err.splitlines()) == 1
    assert CANARY not in done.err


def test_without_a_usable_kubeconfig_no_store_is_left_behind(tmp_path: Path) -> None:
    config = '[sources.prod]\ntype = "kubernetes"\nkubeconfig = "absent.yaml"\n'
    (tmp_path / "pm-timeline.toml").write_text(config)
    store = tmp_path / "data" / "recorded.db"
    done = pm_timeline("record", "--store", f"sqlite:///{store}", folder=tmp_path)
    assert done.code == 2
    assert "absent.yaml" in done.err
    assert not store.parent.exists()


def test_options_of_the_timeline_are_none_of_the_recorder(tmp_path: Path) -> None:
    done = pm_timeline("--config", "some.toml", "record", folder=tmp_path)
    assert done.code == 2
    assert "--config: is no option of record, or comes after it" in done.err


@pytest.mark.parametrize(
    ("store", "said"),
    [
        (f"postgresql://me:{CANARY}@host/db", "sources.kept.store: must hold no password"),
        ("sqlite:///store.db", "sources.kept.store: must have the absolute path of a file"),
    ],
)
def test_a_store_in_the_configuration_that_cannot_be(store: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "pm-timeline.toml").write_text(f'[sources.kept]\ntype = "recorder"\nstore = "{store}"\n')
    for options in (("record",), ("--from", "14:00", "--to", "14:30")):
        done = pm_timeline(*options, folder=tmp_path)
        assert done.code == 2
        assert said in done.err
        assert CANARY not in done.err + done.out


def test_what_cannot_be_opened_or_listened_on_is_said(tmp_path: Path) -> None:
    with api(tmp_path) as server, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        env = {"KUBECONFIG": str(server.kubeconfig)}
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = pm_timeline("record", "--listen", address, folder=tmp_path, env=env)
        assert done.code == 2
        assert f"cannot listen on {address}" in done.err
        (tmp_path / "file").write_text("")
        done = pm_timeline("record", "--store", "sqlite:///file/store.db", folder=tmp_path, env=env)
        assert done.code == 2, done
        done = pm_timeline("record", "--store", "postgresql://me@127.0.0.1:1/db", folder=tmp_path, env=env)
        assert done.code == 2
        assert "refused" in done.err


@pytest.mark.parametrize("number", [signal.SIGTERM, rarely(signal.SIGINT)])
def test_it_records_into_the_configured_store_until_it_is_told_to_stop(number: int, tmp_path: Path) -> None:
    store = tmp_path / "kept.db"
    with api(tmp_path) as server:
        server.items["pods"] = [item("a", "1")]
        (tmp_path / "pm-timeline.toml").write_text(
            f'[sources.west]\ntype = "kubernetes"\nkubeconfig = "{server.kubeconfig}"\ncluster = "west"\n'
            f'[sources.kept]\ntype = "recorder"\nstore = "sqlite:///{store}"\n'
        )
        process = start(tmp_path, Path("/no/such/kubeconfig"), "--source", "west")
        try:
            until(lambda: rows(store, POSITIONS) == [(RESOURCES,)])
            process.send_signal(number)
            assert process.wait(20) == 0
        finally:
            process.kill()
            process.wait()
    assert rows(store, "SELECT DISTINCT cluster FROM pm_timeline_versions") == [("west",)]
    log = (tmp_path / "recorder.log").read_text()
    assert f"recording into sqlite:///{store}" in log
    assert "Traceback" not in log
    done = pm_timeline("--from", "-10m", "--to", "now", "--source", "kept", folder=tmp_path)
    assert done.code == 0, done
    assert "kept (recorder)" in done.out


@pytest.mark.thorough
def test_the_default_store_is_in_the_users_data_folder(tmp_path: Path) -> None:
    with api(tmp_path) as server, recording(tmp_path, server.kubeconfig):
        until(lambda: rows(store_of(tmp_path), POSITIONS) == [(RESOURCES,)])
    assert "canary-token" not in (tmp_path / "recorder.log").read_text()
