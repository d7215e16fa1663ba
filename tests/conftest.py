"""Fixtures for all tests, and how they are run: by which worker, with which hypotheses."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import hypothesis
import pytest
from xdist.scheduler import LoadFileScheduling

from sources import http
from tests.examples import THOROUGH
from tests.incident.live import Live, live_incident
from tests.servers.process import require

# How long an example takes depends on what else runs on the machine; `make bench` is what measures time.
for profile, number in (("tests", 4), (THOROUGH, 50)):
    hypothesis.settings.register_profile(
        profile, max_examples=number, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
hypothesis.settings.load_profile("tests")

# Tests make many objects and little garbage.
gc.set_threshold(50_000, 20, 20)


_SHARED = {
    "tests/controllers/": "controllers",
    "tests/incident/": "live incident",
    "tests/incidents/": "incidents",
    "tests/sources/cluster/test_facts.py": "syntax trees",
    "tests/sources/cluster/test_rollout_facts.py": "syntax trees",
    "tests/sources/kubernetes/test_live.py": "API server",
    "tests/sources/recorder/test_kill.py": "API server",
    "tests/sources/recorder/test_server.py": "API server",
    "tests/test_architecture.py": "syntax trees",
    "tests/test_incident.py": "live incident",
    "tests/test_kinds.py": "syntax trees",
    "tests/test_words.py": "syntax trees",
}
"""Which files share what takes long to make: a cluster, the Events of the recorded incidents, the parsed sources."""
_BENCHES = Path(__file__).parent / "bench"
TABLES = pytest.StashKey[dict[str, list[str]]]()
"""What tests have to show at the end, by title."""


def pytest_configure(config: pytest.Config) -> None:
    """Nothing is to be shown yet."""
    config.stash[TABLES] = {}


def pytest_collection_finish() -> None:
    """What was imported stays, so that the garbage collector need not look at it again and again."""
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: many tests wait for servers, or for what is made to hang."""
    return (os.cpu_count() or 1) + 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands its tables over."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["tables"] = session.config.stash[TABLES]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """The tables of a worker that has finished."""
    node.config.stash[TABLES].update(getattr(node, "workeroutput", {}).get("tables", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show the tables."""
    for title, lines in config.stash[TABLES].items():
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.write_line(line)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not import the benches where none of them is to run: some prepare much."""
    return True if collection_path == _BENCHES and "not bench" in config.option.markexpr else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker is left alone with one of them at the end."""
    items.sort(key=lambda item: not _long(item))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """A file is tested by one worker; all files that share a cluster are, too."""
    return _TogetherScheduling(config, log) if config.getoption("dist") == "loadfile" else None


class _TogetherScheduling(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        shared = next((name for place, name in _SHARED.items() if nodeid.startswith(place)), None)
        return shared or str(super()._split_scope(nodeid))


def _long(item: pytest.Item) -> bool:
    """Whether its file starts a server, or waits for ones that hang."""
    if not isinstance(item, pytest.Function):
        return False
    definitions = (one[-1] for one in item._fixtureinfo.name2fixturedefs.values())
    shared = any(one.scope != "function" and one.func.__module__.startswith("tests.") for one in definitions)
    return shared or item.module.__name__ == "tests.cli.test_faults"


_PAUSE = http.FIRST_PAUSE


@pytest.fixture
def patient() -> Iterator[None]:
    """The pause between attempts is as long as it is for users."""
    with mock.patch.object(http, "FIRST_PAUSE", _PAUSE):
        yield


@pytest.fixture(scope="session", autouse=True)
def _impatient() -> Iterator[None]:
    """What is asked of a system that is not there is asked again at once: hundreds of tests have such a system."""
    with mock.patch.object(http, "FIRST_PAUSE", 0.01):
        yield


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The recorded incident on a real Prometheus, a real Kubernetes API server and a local GitHub."""
    require("prometheus", "promtool", "etcd", "kube-apiserver", "openssl")
    with live_incident(tmp_path_factory.mktemp("live")) as servers:
        yield servers
