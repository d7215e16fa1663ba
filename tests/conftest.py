"""Fixtures for all tests, and how they are run: by which worker, with which hypotheses."""

from collections.abc import Iterator

import hypothesis
import pytest

from tests.incident.live import Live, live_incident
from tests.servers.process import require

# How long an example takes depends on what else runs on the machine; `make bench` is what measures time.
hypothesis.settings.register_profile("tests", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("tests")


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a server are run by one worker, one after another, so that it is started once."""
    groups = {item: _shared(item) for item in items}
    for item, group in groups.items():
        if group:
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: not groups[item])


def _shared(item: pytest.Item) -> str:
    """A name for the widest fixture of our own that a test shares with others; empty if there is none."""
    if not isinstance(item, pytest.Function):
        return ""
    definitions = item._fixtureinfo.name2fixturedefs
    ours = [one[-1] for one in definitions.values() if one[-1].func.__module__.startswith("tests.")]
    for scope in ("session", "module"):
        for one in ours:
            if one.scope == scope:
                return one.argname if scope == "session" else item.nodeid.partition("::")[0]
    return ""


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The recorded incident on a real Prometheus, a real Kubernetes API server and a local GitHub."""
    require("prometheus", "promtool", "etcd", "kube-apiserver", "openssl")
    with live_incident(tmp_path_factory.mktemp("live")) as servers:
        yield servers
